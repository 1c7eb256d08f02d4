from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ivent_site.deployment import restore
from ivent_site.deployment.clients import client
from ivent_site.deployment.restore import RestoreError, restore_drill
from tests.factories_subscriptions import make_confirmed

pytestmark = pytest.mark.usefixtures("aws")
NAME = f"{settings.RESOURCE_PREFIX}-subscriptions"


@pytest.fixture
def recovery():
    """Point-in-time recovery, which Terraform switches on."""

    def switch(*, on):
        client("dynamodb").update_continuous_backups(
            TableName=NAME, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on}
        )

    switch(on=True)
    yield
    switch(on=False)


def copies():
    return [name for name in client("dynamodb").list_tables()["TableNames"] if "-drill-" in name]


@pytest.mark.usefixtures("recovery")
def test_a_drill_compares_a_copy_with_the_table_and_removes_it():
    for _ in range(3):
        make_confirmed()
    drill = restore_drill(table="subscriptions", say=lambda _: None)
    # Three people, each with a sentinel.
    assert (drill.compared, drill.differing) == (6, 0)
    assert copies() == []


@pytest.mark.usefixtures("recovery")
def test_what_has_changed_since_is_counted(monkeypatch):
    row = make_confirmed()
    wait = restore._wait_until_active

    def change_meanwhile(*arguments):
        row.delete()
        return wait(*arguments)

    monkeypatch.setattr(restore, "_wait_until_active", change_meanwhile)
    drill = restore_drill(table="subscriptions", say=lambda _: None)
    assert (drill.compared, drill.differing) == (2, 1)


@pytest.mark.usefixtures("recovery")
def test_the_copy_is_removed_even_if_it_cannot_be_compared(monkeypatch):
    monkeypatch.setattr(restore, "_compare", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        restore_drill(table="subscriptions", say=lambda _: None)
    assert copies() == []


@pytest.mark.usefixtures("recovery")
def test_the_command_says_what_the_drill_has_shown():
    make_confirmed()
    out = StringIO()
    call_command("restore_drill", "subscriptions", stdout=out)
    assert out.getvalue().splitlines()[-1].endswith("2 compared, 0 changed since.")


def test_a_table_without_recovery_is_told():
    with pytest.raises(RestoreError, match="could not be restored"):
        restore_drill(table="topics", say=lambda _: None)
    with pytest.raises(CommandError, match="could not be restored"):
        call_command("restore_drill", "topics", stdout=StringIO())
