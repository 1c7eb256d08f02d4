import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command

from ivent_site.dynamodb.contrib.log_rows import LogRow
from ivent_site.dynamodb.writes import ConflictError, get
from notifications.tables import OutcomeRow
from subscriptions import privacy
from subscriptions.addresses import AddressError
from subscriptions.models import Subscription
from subscriptions.privacy import ERASED, person_erase, person_export
from subscriptions.selectors import address_id, shard_recipients, subscription_by_email
from subscriptions.services import subscription_request, subscription_update
from subscriptions.tables import AddressRow, SubscriptionRow
from tests.factories_subscriptions import confirm, known, make_confirmed, make_pending, make_request

pytestmark = pytest.mark.usefixtures("aws")

EMAIL = "Ada@Example.com"
WHEN = datetime(2026, 11, 1, 12, tzinfo=UTC)


def make_traces(row: SubscriptionRow) -> None:
    LogEntry.objects.create(
        action_time=WHEN,
        user_id="staff-1",
        content_type=ContentType.objects.get_for_model(Subscription),
        object_id=row.id,
        object_repr=row.email,
        action_flag=CHANGE,
        change_message=f"Changed ada@example.com, formerly {row.email}.",
    )
    OutcomeRow(
        f"recipient#{row.id}",
        "announcement-1#bounced",
        outcome="bounced",
        announcement_id="announcement-1",
        at=WHEN,
        status="4.2.2",
        diagnosis="mailbox full",
        expires_at=datetime(2096, 1, 1, tzinfo=UTC),
    ).save()


def history_of(subscription_id: str) -> list[tuple[str, str]]:
    type_id = ContentType.objects.get_for_model(Subscription).pk
    rows = LogRow.by_object.query(f"{type_id}#{subscription_id}")
    return [(row.object_repr, row.change_message) for row in rows]


def test_an_export_holds_the_row_its_history_and_what_came_of_the_mails():
    _, token = make_pending(EMAIL, topics=["art"], name="Ada Lovelace")
    row = confirm(token)
    make_traces(row)
    stored = known(person_export(email="ada@example.COM"))
    json.dumps(stored)
    subscription = stored["subscription"]
    assert (subscription["email"], subscription["topics"]) == (EMAIL, ["art"])
    assert subscription["name"] == "Ada Lovelace"
    assert subscription["consent"]["source"] == "web"
    assert [entry["object_repr"] for entry in stored["history"]] == [EMAIL]
    assert stored["mails"] == [
        {
            "announcement": "announcement-1",
            "outcome": "bounced",
            "at": WHEN.isoformat(),
            "status": "4.2.2",
            "diagnosis": "mailbox full",
        }
    ]


def test_of_somebody_unknown_there_is_nothing_to_give_out_or_erase():
    assert person_export(email=EMAIL) is None
    assert not person_erase(email=EMAIL)
    with pytest.raises(AddressError):
        person_erase(email="nobody")


def test_an_erased_person_is_named_nowhere_and_gets_no_mail():
    row = make_confirmed(EMAIL, shard="00")
    make_traces(row)
    assert person_erase(email=EMAIL)
    assert get(SubscriptionRow, row.id) is None
    assert get(AddressRow, address_id(EMAIL)) is None
    assert shard_recipients(shard="00", after="", limit=10) == []
    assert list(OutcomeRow.query(f"recipient#{row.id}")) == []
    assert history_of(row.id) == [(ERASED, f"Changed {ERASED}, formerly {ERASED}.")]


def test_erasing_again_finds_nothing():
    make_confirmed(EMAIL)
    assert [person_erase(email=EMAIL), person_erase(email=EMAIL)] == [True, False]


def test_an_erased_person_may_come_back_as_somebody_new():
    old = make_confirmed(EMAIL)
    person_erase(email=EMAIL)
    assert subscription_request(request=make_request(EMAIL)) is not None
    assert known(subscription_by_email(EMAIL)).id != old.id


def test_an_erasure_that_stopped_half_way_is_finished_by_the_next(monkeypatch):
    row = make_confirmed(EMAIL)
    make_traces(row)
    with monkeypatch.context() as patch:
        patch.setattr(privacy, "_history", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            person_erase(email=EMAIL)
    assert person_erase(email=EMAIL)
    assert history_of(row.id)[0][0] == ERASED


def test_a_change_in_between_is_not_lost_but_erased_too(monkeypatch):
    row = make_confirmed(EMAIL)
    history, changes = privacy._history, iter(["de"])

    def with_a_change(subscription_id: str) -> list[LogRow]:
        for locale in changes:
            subscription_update(subscription_id=subscription_id, locale=locale)
        return history(subscription_id)

    monkeypatch.setattr(privacy, "_history", with_a_change)
    assert person_erase(email=EMAIL)
    assert get(SubscriptionRow, row.id) is None


def test_what_is_recorded_shares_the_fate_of_the_erasure():
    row = make_confirmed(EMAIL)

    def refuse(subscription_id: str) -> None:
        assert subscription_id == row.id
        raise PermissionError

    with pytest.raises(PermissionError):
        person_erase(email=EMAIL, record=refuse)
    assert get(SubscriptionRow, row.id) is not None


def test_a_race_that_does_not_end_is_told(monkeypatch):
    make_confirmed(EMAIL)

    def lose(*_: object) -> None:
        raise ConflictError("Lost.")

    monkeypatch.setattr(privacy, "_erase", lose)
    with pytest.raises(ConflictError):
        person_erase(email=EMAIL)


def test_the_command_prints_json():
    make_confirmed(EMAIL)
    out = StringIO()
    call_command("person_export", EMAIL, stdout=out)
    assert json.loads(out.getvalue())["subscription"]["email"] == EMAIL


def test_the_command_asks_before_it_erases(monkeypatch):
    make_confirmed(EMAIL)
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("person_erase", EMAIL, stdout=StringIO())
    assert subscription_by_email(EMAIL) is not None
    monkeypatch.setattr("builtins.input", lambda _: "erase")
    out = StringIO()
    call_command("person_erase", EMAIL, stdout=out)
    assert out.getvalue().splitlines()[-1] == "Erased."
    assert subscription_by_email(EMAIL) is None
