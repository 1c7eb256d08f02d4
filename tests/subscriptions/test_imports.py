"""Imports: part by part, each person once, whatever is repeated or stopped."""

import json
from datetime import timedelta

import pytest
from django.conf import settings

from ivent_site.aws import sqs
from ivent_site.dynamodb.writes import ConflictError
from subscriptions import imports
from subscriptions.audience_counts import audience_counts
from subscriptions.import_file import Checked, Person, RowProblem
from subscriptions.imports import (
    DeclaredConsent,
    import_begin,
    import_body,
    import_check,
    import_get,
    import_of_body,
    import_step,
    import_stop,
)
from subscriptions.requests import request_parse
from subscriptions.selectors import subscription_by_email
from subscriptions.services import subscription_add_confirmed, subscription_leave
from subscriptions.tables import ImportPartRow
from tests.factories_subscriptions import known, make_confirmed

pytestmark = pytest.mark.usefixtures("aws")

CONSENT = DeclaredConsent(source="Paper list of the spring fair", date="2026-04-01")


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(imports, "PART_SIZE", 2)
    monkeypatch.setattr(imports, "PAUSE_S", 0)


def make_import(number, consent=CONSENT):
    people = [
        Person(f"p{each}@example.com", ["music"], "de", "", "weekly") for each in range(number)
    ]
    problems = [RowProblem(3, "email", "This is no e-mail address.")]
    checked = Checked(people=people, problems=problems, wrong=1)
    return import_check(name="people.csv", checked=checked, consent=consent)


def messages():
    found = sqs().receive_message(QueueUrl=settings.REQUESTS_QUEUE_URL, MaxNumberOfMessages=10)
    for each in found.get("Messages", []):
        sqs().delete_message(
            QueueUrl=settings.REQUESTS_QUEUE_URL, ReceiptHandle=each["ReceiptHandle"]
        )
    return [each["Body"] for each in found.get("Messages", [])]


def run(row):
    """Handle what is queued until nothing is; what was queued for people."""
    asked = []
    while bodies := messages():
        for body in bodies:
            import_id = import_of_body(body)
            if import_id is None:
                asked.append(request_parse(body=body, message_id="m"))
            else:
                import_step(import_id=import_id)
    return asked


def test_nobody_is_imported_until_a_person_begins_it():
    row = make_import(3)
    import_step(import_id=row.key)
    now = known(import_get(row.key))
    assert (now.state, now.rows, now.parts, now.wrong, now.position) == ("checked", 3, 2, 1, 0)
    assert now.problems == [{"line": 3, "column": "email", "message": "This is no e-mail address."}]
    assert messages() == []
    assert subscription_by_email("p0@example.com") is None


def test_declared_consent_is_kept_with_each_and_known_addresses_stay_as_they_are():
    left = make_confirmed("p1@example.com")
    subscription_leave(subscription_id=left.id)
    row = make_import(5)
    import_begin(import_id=row.key)
    assert run(row) == []
    now = known(import_get(row.key))
    assert (now.state, now.position, now.added, now.known) == ("done", 3, 4, 1)
    person = known(subscription_by_email("p0@example.com"))
    assert (person.status, person.topics, person.locale) == ("confirmed", ["music"], "de")
    assert person.frequency == "weekly"
    consent = person.consent
    assert (consent["source"], consent["date"], consent["declared"], consent["import"]) == (
        "Paper list of the spring fair",
        "2026-04-01",
        True,
        row.key,
    )
    assert known(subscription_by_email("p1@example.com")).status == "left"
    assert audience_counts().total == 4
    assert list(ImportPartRow.query(f"import#{row.key}")) == []


def test_an_import_that_waited_for_a_day_is_not_begun_since_its_rows_may_go():
    row = make_import(3)
    part = next(ImportPartRow.query(f"import#{row.key}"))
    assert part.expires_at >= row.created_at + 2 * imports.KEPT - timedelta(seconds=1)
    row.created_at -= imports.KEPT
    row.save()
    with pytest.raises(ConflictError, match="too old"):
        import_begin(import_id=row.key)
    assert known(import_get(row.key)).state == "checked"


def test_without_declared_consent_each_is_asked_and_nobody_is_subscribed():
    row = make_import(3, consent=None)
    import_begin(import_id=row.key)
    asked = run(row)
    assert [(each.email, each.topics, each.frequency, each.source) for each in asked] == [
        (f"p{number}@example.com", ["music"], "weekly", "import") for number in range(3)
    ]
    assert subscription_by_email("p0@example.com") is None
    assert known(import_get(row.key)).state == "done"


def test_a_message_that_comes_twice_counts_nobody_twice():
    row = make_import(5)
    import_begin(import_id=row.key)
    import_step(import_id=row.key)
    messages()
    before = known(import_get(row.key))
    # A worker that died between the people and the count: the part is done again.
    before.position, before.added = 0, 0
    before.save()
    people = [["p0@example.com", ["music"], "de", ""], ["p1@example.com", ["music"], "de", ""]]
    ImportPartRow(
        partition=f"import#{row.key}",
        key="000000",
        people=people,
        expires_at=before.created_at + imports.KEPT,
    ).save()
    import_step(import_id=row.key)
    import_step(import_id=row.key)
    run(row)
    now = known(import_get(row.key))
    assert (now.state, now.added, now.known) == ("done", 5, 0)


def test_nobody_is_taken_for_known_while_the_table_is_too_busy_to_add_them(monkeypatch):
    row = make_import(2)
    import_begin(import_id=row.key)
    add = subscription_add_confirmed

    def add_or_meet_another(**person):
        if person["email"] == "p1@example.com":
            raise ConflictError("Another transaction is writing the same items.")
        return add(**person)

    monkeypatch.setattr(imports, "subscription_add_confirmed", add_or_meet_another)
    with pytest.raises(ConflictError):
        import_step(import_id=row.key)
    monkeypatch.setattr(imports, "subscription_add_confirmed", add)
    # The queue brings the message once more.
    import_step(import_id=row.key)
    now = known(import_get(row.key))
    assert (now.state, now.added, now.known) == ("done", 2, 0)
    assert known(subscription_by_email("p1@example.com")).status == "confirmed"


def test_who_subscribes_at_the_same_moment_is_known(monkeypatch):
    row = make_import(1)
    import_begin(import_id=row.key)

    def add_too_late(**person):
        make_confirmed(person["email"])
        raise ConflictError("A condition failed.")

    monkeypatch.setattr(imports, "subscription_add_confirmed", add_too_late)
    import_step(import_id=row.key)
    now = known(import_get(row.key))
    assert (now.state, now.added, now.known) == ("done", 0, 1)


def test_an_import_is_stopped_between_two_parts_and_goes_on_from_there():
    row = make_import(5)
    import_begin(import_id=row.key)
    import_step(import_id=row.key)
    import_stop(import_id=row.key)
    run(row)
    assert (known(import_get(row.key)).state, audience_counts().total) == ("stopped", 2)
    import_begin(import_id=row.key)
    run(row)
    assert (known(import_get(row.key)).state, audience_counts().total) == ("done", 5)


def test_stopping_during_a_part_still_counts_it(monkeypatch):
    row = make_import(5)
    import_begin(import_id=row.key)
    add = subscription_add_confirmed

    def add_and_stop(**person):
        monkeypatch.setattr(imports, "subscription_add_confirmed", add)
        import_stop(import_id=row.key)
        return add(**person)

    monkeypatch.setattr(imports, "subscription_add_confirmed", add_and_stop)
    messages()
    import_step(import_id=row.key)
    now = known(import_get(row.key))
    assert (now.state, now.position, now.added) == ("stopped", 1, 2)
    assert messages() == []


def test_what_cannot_be_begun_or_stopped_is_refused():
    row = make_import(1)
    with pytest.raises(ConflictError):
        import_stop(import_id=row.key)
    import_begin(import_id=row.key)
    for act in (import_begin, import_begin):
        with pytest.raises(ConflictError):
            act(import_id=row.key)
    with pytest.raises(ConflictError):
        import_begin(import_id="nothing")


@pytest.mark.parametrize("body", ["", "[]", '{"import": 1}', json.dumps({"email": "x"})])
def test_other_messages_are_about_no_import(body):
    assert import_of_body(body) is None
    assert import_of_body(import_body("i")) == "i"
