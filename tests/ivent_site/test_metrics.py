import json
from unittest.mock import Mock

import pytest

from ivent_site import metrics
from ivent_site.lambda_handlers import Context, shielded

CONTEXT = Mock(spec=Context)


@shielded
def handler(event, context):
    metrics.count(sent=event["sent"])
    metrics.count(sent=1, refused=0)
    if event.get("fails"):
        raise OSError


def told(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_invocation_tells_its_numbers_in_one_line_of_the_embedded_metric_format(capsys):
    handler({"sent": 2}, CONTEXT)
    (line,) = told(capsys)
    timestamp = line["_aws"].pop("Timestamp")
    assert isinstance(timestamp, int)
    assert timestamp > 1_700_000_000_000
    assert line == {
        "_aws": {
            "CloudWatchMetrics": [
                {
                    "Namespace": "Ivent",
                    "Dimensions": [["stage"]],
                    "Metrics": [{"Name": "sent", "Unit": "Count"}],
                }
            ]
        },
        "stage": "local",
        "handler": "handler",
        "sent": 3,
    }


def test_what_was_counted_before_a_failure_is_told(capsys):
    with pytest.raises(OSError, match=r"^$"):
        handler({"sent": 2, "fails": True}, CONTEXT)
    assert [line["sent"] for line in told(capsys)] == [3]


def test_who_counted_nothing_tells_nothing(capsys):
    handler({"sent": -1}, CONTEXT)
    metrics.count(sent=1)
    assert told(capsys) == []
