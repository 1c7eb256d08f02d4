"""Rows written inside and outside of blocks."""

# ruff: noqa: PT012 - it is a whole block that raises

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ConnectionClosedError
from botocore.httpsession import URLLib3Session
from django.db import DataError, IntegrityError, NotSupportedError, OperationalError, transaction
from pynamodb.connection import Connection
from pynamodb.exceptions import CancellationReason, VerboseClientError

from ivent_site.counters.tables import DayRow
from ivent_site.dynamodb import writes
from ivent_site.dynamodb.writes import ConflictError, TransactionTooLargeError
from tests.dynamodb_calls import dynamodb_calls
from tests.ivent_site.dynamodb.library import ShelfRow

pytestmark = pytest.mark.usefixtures("library")


def shelf(code: str = "s1", name: str = "one") -> ShelfRow:
    return ShelfRow(code=code, name=name)


def names() -> dict[str, str]:
    return {row.code: row.name for row in ShelfRow.query("shelf", consistent_read=True)}


def test_a_single_write_is_one_plain_call() -> None:
    with dynamodb_calls() as calls:
        writes.put(shelf(), condition=ShelfRow.code.does_not_exist())
        writes.delete(shelf(), condition=ShelfRow.name == "one")
    assert calls == {"PutItem": 1, "DeleteItem": 1}
    assert names() == {}


def test_a_failed_condition_is_a_conflict_and_writes_nothing() -> None:
    writes.put(shelf())
    with pytest.raises(ConflictError, match="shelf/s1"):
        writes.put(shelf(name="two"), condition=ShelfRow.name == "other")
    with pytest.raises(ConflictError):
        writes.delete(shelf(), condition=ShelfRow.name == "other")
    assert names() == {"s1": "one"}


def test_a_block_is_one_transaction() -> None:
    with dynamodb_calls() as calls, transaction.atomic():
        writes.put(shelf("s1"))
        writes.put(shelf("s2"))
        assert names() == {}
    assert calls == {"Query": 1, "TransactWriteItems": 1}
    assert names() == {"s1": "one", "s2": "one"}


def test_a_block_with_one_write_costs_a_plain_write() -> None:
    with dynamodb_calls() as calls, transaction.atomic():
        writes.put(shelf("s1", "first"))
        writes.put(shelf("s1", "second"))
    assert calls == {"PutItem": 1}
    assert names() == {"s1": "second"}


def test_a_block_that_raises_writes_nothing() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        writes.put(shelf())
        raise RuntimeError
    assert names() == {}
    writes.put(shelf("s2"))
    assert names() == {"s2": "one"}


def test_one_conflict_in_a_block_undoes_all_of_it_and_names_the_item() -> None:
    writes.put(shelf("s1"))
    with pytest.raises(ConflictError, match="shelf/s1") as conflict, transaction.atomic():
        writes.put(shelf("s2"))
        writes.put(shelf("s1", "new"), condition=ShelfRow.code.does_not_exist())
    assert "s2" not in str(conflict.value)
    assert names() == {"s1": "one"}


def test_a_check_guards_an_item_that_is_not_written() -> None:
    writes.put(shelf("s1"))
    with transaction.atomic():
        writes.check(ShelfRow, "shelf", "s1", condition=ShelfRow.name == "one")
        writes.put(shelf("s2"))
    with pytest.raises(ConflictError), transaction.atomic():
        writes.check(ShelfRow, "shelf", "s1", condition=ShelfRow.name == "two")
        writes.put(shelf("s3"))
    assert names() == {"s1": "one", "s2": "one"}


def test_a_check_alone_is_decided() -> None:
    with pytest.raises(ConflictError):
        writes.check(ShelfRow, "shelf", "s1", condition=ShelfRow.code.exists())


def test_a_write_after_a_check_of_the_same_item_keeps_both_conditions() -> None:
    writes.put(shelf("s1"))
    with transaction.atomic():
        writes.check(ShelfRow, "shelf", "s1", condition=ShelfRow.name == "one")
        writes.put(shelf("s1", "two"), condition=ShelfRow.code.exists())
    with pytest.raises(ConflictError), transaction.atomic():
        writes.check(ShelfRow, "shelf", "s1", condition=ShelfRow.name == "one")
        writes.delete(shelf("s1"), condition=ShelfRow.code.exists())
    assert names() == {"s1": "two"}


def test_a_later_condition_in_a_block_is_about_the_earlier_write() -> None:
    with transaction.atomic():
        writes.put(shelf("s1", "one"), condition=ShelfRow.code.does_not_exist())
        writes.put(shelf("s1", "two"), condition=ShelfRow.name == "one")
        with pytest.raises(ConflictError):
            writes.put(shelf("s1", "three"), condition=ShelfRow.name == "one")
        writes.delete(shelf("s1"), condition=(ShelfRow.name == "two") & ShelfRow.code.exists())
        writes.put(shelf("s1", "four"), condition=ShelfRow.code.does_not_exist())
    assert names() == {"s1": "four"}


def test_reads_in_a_block_see_its_own_writes() -> None:
    writes.put(shelf("s1"))
    with dynamodb_calls() as calls, transaction.atomic():
        writes.put(shelf("s1", "new"))
        writes.delete(shelf("s2"))
        found = writes.get(ShelfRow, "shelf", "s1")
        assert found is not None
        assert found.name == "new"
        assert writes.get(ShelfRow, "shelf", "s2") is None
        assert "GetItem" not in calls
        assert writes.get(ShelfRow, "shelf", "s3") is None
        assert calls["GetItem"] == 1


def test_what_is_changed_in_a_row_after_the_put_is_not_written() -> None:
    row = shelf()
    with transaction.atomic():
        writes.put(row)
        row.name = "changed"
    assert names() == {"s1": "one"}


def test_a_savepoint_takes_back_only_its_own_writes() -> None:
    with transaction.atomic():
        writes.put(shelf("s1"))
        with pytest.raises(RuntimeError), transaction.atomic():
            writes.put(shelf("s1", "inner"))
            writes.put(shelf("s2"))
            raise RuntimeError
        with transaction.atomic():
            writes.put(shelf("s3"))
    assert names() == {"s1": "one", "s3": "one"}


def test_on_commit_runs_after_the_write_and_not_after_a_conflict() -> None:
    seen: list[dict[str, str]] = []
    with transaction.atomic():
        writes.put(shelf("s1"))
        transaction.on_commit(lambda: seen.append(names()))
    with pytest.raises(ConflictError), transaction.atomic():
        writes.put(shelf("s1"), condition=ShelfRow.code.does_not_exist())
        transaction.on_commit(lambda: seen.append({}))
    assert seen == [{"s1": "one"}]


def test_a_broken_block_takes_no_more_writes() -> None:
    with transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic(savepoint=False):
            raise RuntimeError
        with pytest.raises(transaction.TransactionManagementError):
            writes.put(shelf())
        transaction.set_rollback(True)
    assert names() == {}


def test_a_block_takes_a_hundred_items() -> None:
    with transaction.atomic():
        for number in range(100):
            writes.put(shelf(f"s{number}"))
        writes.put(shelf("s0", "again"))
    assert len(names()) == 100
    with pytest.raises(TransactionTooLargeError), transaction.atomic():
        for number in range(101):
            writes.put(shelf(f"s{number}", "new"))
    assert "new" not in names().values()


def test_a_missing_attribute_is_an_integrity_error() -> None:
    with pytest.raises(IntegrityError, match="name"):
        writes.put(ShelfRow(code="s1"))


def test_an_item_that_is_too_large_is_a_data_error() -> None:
    with pytest.raises(DataError, match="shelves"):
        writes.put(shelf(name="x" * 420_000))


@pytest.mark.parametrize("key", ["", "x" * 3000, "\ud800"])
def test_what_cannot_be_a_key_is_not_there(key: str) -> None:
    with dynamodb_calls() as calls:
        assert writes.get(ShelfRow, "shelf", key) is None
    assert calls == {}


def lose_replies(count: int) -> Any:
    """Requests arrive; the replies of the first `count` are lost."""
    send, left = URLLib3Session.send, iter(range(count))

    def lossy(self: URLLib3Session, request: Any) -> Any:
        response = send(self, request)
        if next(left, None) is not None:
            raise ConnectionClosedError(endpoint_url=request.url)
        return response

    return mock.patch.object(URLLib3Session, "send", lossy)


def test_a_put_whose_reply_is_lost_is_no_conflict() -> None:
    with lose_replies(1):
        writes.put(shelf(), condition=ShelfRow.code.does_not_exist())
    assert names() == {"s1": "one"}


def test_a_delete_whose_reply_is_lost_is_no_conflict() -> None:
    writes.put(shelf())
    with lose_replies(1):
        writes.delete(shelf(), condition=ShelfRow.code.exists())
    assert names() == {}


def test_a_conflict_with_another_writer_stays_one_when_a_reply_is_lost() -> None:
    writes.put(shelf(name="other"))
    with lose_replies(1), pytest.raises(ConflictError):
        writes.put(shelf(), condition=ShelfRow.code.does_not_exist())


@pytest.mark.usefixtures("aws")
def test_an_update_of_what_is_not_there_stays_a_conflict_when_a_reply_is_lost() -> None:
    with lose_replies(1), pytest.raises(ConflictError):
        writes.update(DayRow, "days", "x", actions=[DayRow.sent.set(7)], condition=DayRow.sent == 2)


def test_a_transaction_whose_reply_is_lost_is_no_conflict() -> None:
    with lose_replies(1), transaction.atomic():
        writes.put(shelf("s1"), condition=ShelfRow.code.does_not_exist())
        writes.put(shelf("s2"), condition=ShelfRow.code.does_not_exist())
    assert names() == {"s1": "one", "s2": "one"}


@pytest.mark.usefixtures("_impatient")
def test_no_answer_at_all_is_an_operational_error() -> None:
    with lose_replies(99), pytest.raises(OperationalError, match="did not answer"):
        writes.put(shelf())


@pytest.fixture
def _impatient() -> Iterator[None]:
    with (
        mock.patch("botocore.endpoint.time.sleep"),
        mock.patch("ivent_site.dynamodb.commit.time.sleep"),
    ):
        yield


def refusal(code: str, *reasons: str) -> VerboseClientError:
    """DynamoDB's answer to a transaction, or to a single write."""
    return VerboseClientError(
        {"Error": {"Code": code, "Message": "no"}},
        "TransactWriteItems",
        cancellation_reasons=[CancellationReason(reason) for reason in reasons],
    )


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    "refused",
    [
        refusal("ThrottlingException"),
        refusal("ProvisionedThroughputExceededException"),
        refusal("TransactionInProgressException"),
        refusal("TransactionConflictException"),
        refusal("TransactionCanceledException", "TransactionConflict", "ThrottlingError"),
    ],
)
def test_a_busy_or_throttled_write_is_tried_again(refused: Exception) -> None:
    with mock.patch.object(Connection, "dispatch", side_effect=[refused, refused, {}]) as dispatch:
        writes.put(shelf())
    assert dispatch.call_count == 3


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    ("refused", "told", "tries"),
    [
        (refusal("TransactionConflictException"), ConflictError, 6),
        (refusal("TransactionCanceledException", "TransactionConflict"), ConflictError, 6),
        (refusal("ThrottlingException"), OperationalError, 6),
        (refusal("TransactionCanceledException", "ConditionalCheckFailed"), ConflictError, 1),
        (refusal("ConditionalCheckFailedException"), ConflictError, 1),
        (refusal("ResourceNotFoundException"), OperationalError, 1),
        (refusal("ValidationException"), DataError, 1),
    ],
)
def test_what_is_refused_is_told_apart(
    refused: Exception, told: type[Exception], tries: int
) -> None:
    with (
        mock.patch.object(Connection, "dispatch", side_effect=refused) as dispatch,
        pytest.raises(told) as error,
    ):
        writes.put(shelf())
    assert type(error.value) is told
    assert dispatch.call_count == tries


@pytest.mark.usefixtures("aws")
def test_numbers_are_added_to_what_is_there_and_to_nothing() -> None:
    writes.add(DayRow, "days", "2038-01-01#0", sums={"sent": 2})
    with transaction.atomic():
        writes.add(DayRow, "days", "2038-01-01#0", sums={"sent": 3, "left": 1})
        writes.add(DayRow, "days", "2038-01-01#0", sums={"left": -1, "refused": 4})
    row = DayRow.get("days", "2038-01-01#0")
    assert (row.sent, row.left, row.refused, row.confirmed) == (5, 0, 4, 0)


@pytest.mark.usefixtures("aws")
def test_an_update_leaves_the_rest_of_the_item_and_joins_its_block() -> None:
    writes.add(DayRow, "days", "2038-01-01#0", sums={"sent": 2, "left": 1})
    changes = [DayRow.sent.set(7)]
    with transaction.atomic():
        writes.put(DayRow(key="2038-01-01#1"))
        writes.update(DayRow, "days", "2038-01-01#0", actions=changes, condition=DayRow.sent == 2)
    row = DayRow.get("days", "2038-01-01#0")
    assert (row.sent, row.left) == (7, 1)
    with pytest.raises(ConflictError), transaction.atomic():
        writes.put(DayRow(key="2038-01-01#2"))
        writes.update(DayRow, "days", "2038-01-01#0", actions=changes, condition=DayRow.sent == 2)
    assert writes.get(DayRow, "days", "2038-01-01#2") is None


@pytest.mark.usefixtures("aws")
def test_an_item_is_not_added_to_and_put_in_one_block() -> None:
    with pytest.raises(NotSupportedError), transaction.atomic():
        writes.add(DayRow, "days", "2038-01-01#0", sums={"sent": 2})
        writes.put(DayRow(key="2038-01-01#0"))
