from typing import Any

import pytest

from ivent_site.local.runner.batch_response import WholeBatchFailedError, failed_identifiers


@pytest.mark.parametrize(
    "reply", [None, {}, {"batchItemFailures": None}, {"batchItemFailures": []}]
)
def test_a_reply_without_failures_means_all_went_well(reply: Any) -> None:
    assert failed_identifiers(reply, ["1", "2"]) == set()


def test_the_failed_are_named() -> None:
    reply = {"batchItemFailures": [{"itemIdentifier": "2"}, {"itemIdentifier": "2"}]}

    assert failed_identifiers(reply, ["1", "2"]) == {"2"}


@pytest.mark.parametrize(
    "reply",
    [
        "ok",
        [],
        {"batchItemFailures": "1"},
        {"batchItemFailures": ["1"]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"ItemIdentifier": "1"}]},
        {"batchItemFailures": [{"itemIdentifier": "3"}]},
    ],
)
def test_a_malformed_reply_fails_the_whole_batch(reply: Any) -> None:
    with pytest.raises(WholeBatchFailedError):
        failed_identifiers(reply, ["1", "2"])
