from io import StringIO

import pytest
from django.core.management import CommandError, call_command

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
