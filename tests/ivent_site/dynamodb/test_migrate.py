from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from events.tables import EventRow
from ivent_site.dynamodb import tables

pytestmark = pytest.mark.usefixtures("aws")


def migrate(*arguments):
    out = StringIO()
    call_command("migrate", *arguments, stdout=out)
    return out.getvalue().strip()


def test_a_check_is_content_when_every_table_is_there():
    assert migrate("--check") == migrate() == "Every table is there."


def test_a_check_names_what_is_missing_and_makes_nothing(monkeypatch):
    row = next(tables.all_rows())
    monkeypatch.setattr(row, "exists", classmethod(lambda _: False))
    monkeypatch.setattr(row, "create_table", lambda **_: pytest.fail("It made a table."))
    with pytest.raises(CommandError, match=row.Meta.table_name):
        migrate("--check")


def test_the_tables_that_are_declared_are_not_found_changed():
    assert tables.changed_tables() == []


def _without_an_index(table):
    table["GlobalSecondaryIndexes"].pop()


def _with_less_in_an_index(table):
    table["GlobalSecondaryIndexes"][0]["Projection"]["ProjectionType"] = "KEYS_ONLY"


def _with_another_key_of_an_index(table):
    table["GlobalSecondaryIndexes"][0]["KeySchema"][0]["AttributeName"] = "month"


def _with_another_key(table):
    table["KeySchema"][0]["AttributeName"] = "slug"


@pytest.mark.parametrize(
    "change",
    [
        _without_an_index,
        _with_less_in_an_index,
        _with_another_key_of_an_index,
        _with_another_key,
    ],
)
def test_a_table_that_is_not_as_declared_is_named(monkeypatch, change):
    table = EventRow.describe_table()
    table["GlobalSecondaryIndexes"].sort(key=lambda index: index["IndexName"] != "by_status")
    change(table)
    monkeypatch.setattr(EventRow, "describe_table", classmethod(lambda _: table))
    assert tables.changed_tables() == [EventRow.Meta.table_name]
