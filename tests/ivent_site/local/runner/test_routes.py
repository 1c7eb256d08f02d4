import json

import pytest
from django.conf import settings

from ivent_site.local.runner.routes import (
    QueueRoute,
    ScheduleRoute,
    StreamRoute,
    local_routes,
    routes,
)


def test_the_laptop_routes_every_source_to_its_handler() -> None:
    prefix = settings.RESOURCE_PREFIX

    assert local_routes() == [
        StreamRoute(
            table=f"{prefix}-events", function="notifications.handlers.announce", batch_size=100
        ),
        QueueRoute(
            queue=f"{prefix}-fanout", function="notifications.handlers.fan_out", batch_size=10
        ),
        QueueRoute(
            queue=f"{prefix}-requests",
            function="notifications.handlers.subscription_requests",
            batch_size=10,
        ),
        QueueRoute(
            queue=f"{prefix}-feedback", function="notifications.handlers.feedback", batch_size=10
        ),
        ScheduleRoute(function="notifications.handlers.sweep", every_s=60),
    ]


def test_a_stage_inherits_what_it_does_not_say() -> None:
    event = {"function": "a.b", "expression": "rate(5 minutes)"}
    stages = {"base": {"events": [event]}, "child": {"extends": "base"}}

    assert routes(json.dumps(stages), stage="child") == [ScheduleRoute(function="a.b", every_s=300)]


def test_a_disabled_source_is_left_out() -> None:
    source = {"arn": "arn:aws:sqs:eu-central-1:1:q", "batch_size": 10, "enabled": False}
    stages = {"s": {"events": [{"function": "a.b", "event_source": source}]}}

    assert routes(json.dumps(stages), stage="s") == []


@pytest.mark.parametrize(
    "event",
    [
        {"function": "a.b", "expression": "cron(0 12 * * ? *)"},
        {"function": "a.b", "event_source": {"arn": "arn:aws:sns:r:1:t", "batch_size": 1}},
    ],
)
def test_a_source_that_would_be_ignored_is_refused(event: dict) -> None:
    with pytest.raises(ValueError, match="local runner"):
        routes(json.dumps({"s": {"events": [event]}}), stage="s")
