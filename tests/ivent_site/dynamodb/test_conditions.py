"""Conditions decided in Python."""

import pytest
from django.db import NotSupportedError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from ivent_site.dynamodb.conditions import holds
from tests.ivent_site.dynamodb.library import BookRow

ITEM = {"id": {"S": "b1"}, "pages": {"N": "10"}, "title": {"S": "x"}}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (BookRow.id.exists(), True),
        (BookRow.note.exists(), False),
        (BookRow.note.does_not_exist(), True),
        (BookRow.title == "x", True),
        (BookRow.title != "x", False),
        (BookRow.note != "x", True),
        (BookRow.note == "x", False),
        # As numbers, and not as texts.
        (BookRow.pages > 9, True),
        (BookRow.pages <= 9, False),
        (BookRow.pages >= 10, True),
        (BookRow.pages < 10, False),
        (BookRow.title.is_in("y", "x"), True),
        (BookRow.title.is_in("y"), False),
        ((BookRow.title == "x") & (BookRow.pages == 10), True),
        ((BookRow.title == "y") | (BookRow.pages == 10), True),
        (~(BookRow.title == "x"), False),
    ],
)
def test_a_condition_is_decided_as_dynamodb_does(*, condition: Condition, expected: bool) -> None:
    assert holds(condition, ITEM) is expected


def test_where_there_is_no_item_nothing_exists() -> None:
    assert holds(BookRow.id.does_not_exist(), None)
    assert not holds(BookRow.id == "b1", None)


@pytest.mark.parametrize("condition", [BookRow.title.startswith("x"), Path("tags.a").exists()])
def test_what_cannot_be_decided_is_refused(condition: Condition) -> None:
    with pytest.raises(NotSupportedError):
        holds(condition, ITEM)
