import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ivent_site.local.runner.routes import QueueRoute, ScheduleRoute, StreamRoute, routes


def _file(tmp_path: Path, stages: dict[str, Any]) -> Path:
    file = tmp_path / "zappa_settings.json"
    file.write_text(json.dumps(stages))
    return file


def test_the_laptop_routes_every_source_to_its_handler() -> None:
    assert routes(settings.BASE_DIR / "zappa_settings.json", stage="local") == [
        StreamRoute(
            table="ivent-local-events", function="notifications.handlers.announce", batch_size=100
        ),
        QueueRoute(
            queue="ivent-local-fanout", function="notifications.handlers.fan_out", batch_size=10
        ),
        QueueRoute(
            queue="ivent-local-requests",
            function="notifications.handlers.subscription_requests",
            batch_size=10,
        ),
        QueueRoute(
            queue="ivent-local-feedback", function="notifications.handlers.feedback", batch_size=10
        ),
        ScheduleRoute(function="notifications.handlers.sweep", every_s=60),
    ]


def test_a_stage_inherits_what_it_does_not_say(tmp_path: Path) -> None:
    event = {"function": "a.b", "expression": "rate(5 minutes)"}
    file = _file(
        tmp_path,
        {"base": {"events": [event]}, "child": {"extends": "base"}, "own": {"extends": "base"}},
    )

    assert routes(file, stage="child") == [ScheduleRoute(function="a.b", every_s=300)]


def test_a_disabled_source_is_left_out(tmp_path: Path) -> None:
    source = {"arn": "arn:aws:sqs:eu-central-1:1:q", "batch_size": 10, "enabled": False}
    file = _file(tmp_path, {"s": {"events": [{"function": "a.b", "event_source": source}]}})

    assert routes(file, stage="s") == []


@pytest.mark.parametrize(
    "event",
    [
        {"function": "a.b", "expression": "cron(0 12 * * ? *)"},
        {"function": "a.b", "event_source": {"arn": "arn:aws:sns:r:1:t", "batch_size": 1}},
    ],
)
def test_a_source_that_would_be_ignored_is_refused(tmp_path: Path, event: dict) -> None:
    with pytest.raises(ValueError, match="local runner"):
        routes(_file(tmp_path, {"s": {"events": [event]}}), stage="s")
