"""Imports: part by part, each person once, whatever is repeated or stopped."""

import json
from datetime import timedelta

import pytest
from django.conf import settings

from ivent_site.aws import sqs
from ivent_site.dynamodb.writes import ConflictError
from subscriptions import import_work, imports
from subscriptions.audience_counts import audience_counts
from subscriptions.enums import ImportKind, StopCause
from subscriptions.import_columns import Field
from subscriptions.import_file import Checked, ImportedPerson, RowProblem
from subscriptions.imports import (
    DeclaredConsent,
    import_begin,
    import_body,
    import_check,
    import_content,
    import_get,
    import_of_body,
    import_step,
    import_stop,
    import_upload,
    import_values,
)
from subscriptions.requests import request_parse
from subscriptions.selectors import subscription_by_email
from subscriptions.services import (
    subscription_add_confirmed,
    subscription_confirm,
    subscription_leave,
    subscription_record_feedback,
    subscription_stop,
)
from subscriptions.tables import ImportFileRow, ImportPartRow, ImportRow
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import confirm, known, make_confirmed, make_pending

pytestmark = pytest.mark.usefixtures("aws")

CONSENT = DeclaredConsent(source="Paper list of the spring fair", date="2026-04-01")


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(imports, "PART_SIZE", 2)
    monkeypatch.setattr(imports, "PAUSE_S", 0)


def make_import(number, consent=CONSENT, *, kind=ImportKind.PEOPLE):
    people = [
        ImportedPerson(f"p{each}@example.com", ["music"], "de", "", "weekly", name=f"P. {each}")
        for each in range(number)
    ]
    problems = [RowProblem(3, "email", "This is no e-mail address.", "nobody")]
    checked = Checked(people=people, problems=problems, wrong=1, columns=[("email", Field.EMAIL)])
    row = import_upload(name="people.csv", kind=kind, content=b"email")
    return import_check(import_id=row.key, checked=checked, consent=consent)


def parts(row):
    return list(ImportPartRow.query(f"import#{row.checked_as}", ImportPartRow.key < "v"))


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
    # The value is forgotten with the parts.
    assert import_values(checked_as=now.checked_as) == ["nobody"]
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
    assert (person.frequency, person.name) == ("weekly", "P. 0")
    consent = person.consent
    assert (consent["source"], consent["date"], consent["declared"], consent["import"]) == (
        "Paper list of the spring fair",
        "2026-04-01",
        True,
        row.key,
    )
    assert known(subscription_by_email("p1@example.com")).status == "left"
    assert audience_counts().total == 4
    assert parts(row) == []


def test_an_import_that_waited_for_a_day_is_not_begun_since_its_rows_may_go():
    row = make_import(3)
    [part, *_others] = parts(row)
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
    assert [
        (each.email, each.name, each.topics, each.frequency, each.source) for each in asked
    ] == [
        (f"p{number}@example.com", f"P. {number}", ["music"], "weekly", "import")
        for number in range(3)
    ]
    assert subscription_by_email("p0@example.com") is None
    assert known(import_get(row.key)).state == "done"


def test_without_declared_consent_nobody_is_asked_who_has_left_or_is_confirmed():
    left = make_confirmed("p0@example.com")
    subscription_leave(subscription_id=left.id)
    make_confirmed("p1@example.com")
    make_pending("p2@example.com")
    row = make_import(4, consent=None)
    import_begin(import_id=row.key)
    assert [each.email for each in run(row)] == ["p2@example.com", "p3@example.com"]
    now = known(import_get(row.key))
    assert (now.added, now.known) == (2, 2)


def test_a_file_is_kept_until_the_import_begins(monkeypatch):
    monkeypatch.setattr(imports, "_FILE_PART_BYTES", 10)
    content = bytes(range(256)) * 20
    row = import_upload(name="people.csv", kind=ImportKind.PEOPLE, content=content)
    assert row.file_parts > 10
    assert import_content(row) == content
    import_check(
        import_id=row.key, checked=Checked(people=[ImportedPerson("a@example.com", [], "en", "")])
    )
    assert import_content(known(import_get(row.key))) == content
    import_begin(import_id=row.key)
    assert import_content(known(import_get(row.key))) is None
    assert list(ImportFileRow.query(f"file#{row.key}")) == []


def test_a_file_that_is_checked_again_is_imported_as_it_was_checked_last():
    row = make_import(5)
    again = import_check(
        import_id=row.key,
        checked=Checked(people=[ImportedPerson("other@example.com", [], "en", "")]),
        consent=CONSENT,
    )
    assert (again.rows, again.parts, again.wrong, again.problems) == (1, 1, 0, [])
    import_begin(import_id=row.key)
    run(row)
    assert audience_counts().total == 1
    assert subscription_by_email("other@example.com")
    with pytest.raises(ConflictError, match="cannot be checked"):
        import_check(import_id=row.key, checked=Checked())


def test_an_import_that_was_checked_before_there_were_kinds_goes_on():
    row = make_import(1)
    row.update(actions=[ImportRow.checked_as.remove(), ImportRow.kind.remove()])
    people = [["old@example.com", ["music"], "de", ""]]
    ImportPartRow(
        partition=f"import#{row.key}",
        key="000000",
        people=people,
        expires_at=row.created_at + imports.KEPT,
    ).save()
    import_begin(import_id=row.key)
    run(row)
    assert known(subscription_by_email("old@example.com")).frequency == "at_once"


# --- Do-not-mail lists ----------------------------------------------------------------------------


def test_each_address_of_a_do_not_mail_list_is_stopped_with_the_reason():
    confirmed = make_confirmed("p0@example.com")
    _row, token = make_pending("p1@example.com")
    row = make_import(3, consent=None, kind=ImportKind.DO_NOT_MAIL)
    import_begin(import_id=row.key)
    assert run(row) == []
    for number in range(3):
        found = known(subscription_by_email(f"p{number}@example.com"))
        assert found.status == "suppressed"
        assert found.suppression["reason"] == "on the do-not-mail list"
        assert found.suppression["import"] == row.key
        assert found.shard is None
    assert known(subscription_by_email("p0@example.com")).id == confirmed.id
    assert (known(import_get(row.key)).added, audience_counts().total) == (3, 0)
    # A link of before holds no more; only a new confirmation of their own brings them back.
    assert subscription_confirm(token=token) is None
    _row, token = make_pending("p2@example.com")
    assert confirm(token).status == "confirmed"


def test_a_do_not_mail_list_that_is_imported_twice_changes_nothing_more():
    complained = make_confirmed("p0@example.com")
    subscription_record_feedback(subscription_id=complained.id, cause=StopCause.COMPLAINT)
    stopped = make_confirmed("p1@example.com")
    subscription_stop(subscription_id=stopped.id, reason="A call")
    for added in (1, 0):
        row = make_import(3, consent=None, kind=ImportKind.DO_NOT_MAIL)
        import_begin(import_id=row.key)
        import_step(import_id=row.key)
        # A worker died before it counted: the part is done again.
        done = known(import_get(row.key))
        done.position, done.added, done.known = 0, 0, 0
        done.save()
        for number, people in enumerate([["p0", "p1"], ["p2"]]):
            ImportPartRow(
                partition=f"import#{row.checked_as}",
                key=f"{number:06}",
                people=[[f"{each}@example.com", [], "en", ""] for each in people],
                expires_at=row.created_at + imports.KEPT,
            ).save()
        run(row)
        import_step(import_id=row.key)
        import_step(import_id=row.key)
        now = known(import_get(row.key))
        assert (now.state, now.added, now.known) == ("done", added, 3 - added)
    assert known(subscription_by_email("p0@example.com")).status == "complained"
    assert known(subscription_by_email("p1@example.com")).suppression["reason"] == "A call"


def test_a_new_address_of_a_do_not_mail_list_costs_one_write():
    row = make_import(2, consent=None, kind=ImportKind.DO_NOT_MAIL)
    import_begin(import_id=row.key)
    with dynamodb_calls() as calls:
        import_step(import_id=row.key)
    # The import and its part are counted in a transaction as well.
    assert calls["TransactWriteItems"] == 2 + 1
    assert calls["PutItem"] == 0


def test_addresses_on_the_do_not_mail_list_are_in_no_later_import():
    row = make_import(1, consent=None, kind=ImportKind.DO_NOT_MAIL)
    import_begin(import_id=row.key)
    run(row)
    for consent in (CONSENT, None):
        row = make_import(1, consent=consent)
        import_begin(import_id=row.key)
        assert run(row) == []
        assert known(import_get(row.key)).known == 1
    assert known(subscription_by_email("p0@example.com")).status == "suppressed"


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
        partition=f"import#{row.checked_as}",
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

    monkeypatch.setattr(import_work, "subscription_add_confirmed", add_or_meet_another)
    with pytest.raises(ConflictError):
        import_step(import_id=row.key)
    monkeypatch.setattr(import_work, "subscription_add_confirmed", add)
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

    monkeypatch.setattr(import_work, "subscription_add_confirmed", add_too_late)
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
        monkeypatch.setattr(import_work, "subscription_add_confirmed", add)
        import_stop(import_id=row.key)
        return add(**person)

    monkeypatch.setattr(import_work, "subscription_add_confirmed", add_and_stop)
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
