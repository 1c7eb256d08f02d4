"""An export, imported where nothing is, is exported as the same file."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ivent_site.aws import sqs
from ivent_site.preferences.services import preferences_update
from subscriptions import imports
from subscriptions.audience_counts import audience_counts
from subscriptions.consent_story import consent_story
from subscriptions.enums import Frequency, ImportKind, StopCause
from subscriptions.exports import export_parts
from subscriptions.import_file import Reading, file_check
from subscriptions.import_forms import reading_of
from subscriptions.imports import (
    import_begin,
    import_check,
    import_get,
    import_of_body,
    import_step,
    import_upload,
)
from subscriptions.models import Subscription
from subscriptions.selectors import subscription_by_email
from subscriptions.services import (
    subscription_add_confirmed,
    subscription_leave,
    subscription_record_feedback,
    subscription_stop,
)
from tests.dynamodb_in_process import rows_forget
from tests.factories_subscriptions import confirm, known, make_confirmed, make_pending

pytestmark = pytest.mark.usefixtures("aws")

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]),
    min_size=1,
    max_size=30,
).map(str.strip)
LOCAL_PARTS = st.from_regex(r"[a-z0-9=+'-][a-z0-9+'.-]{0,8}[a-z0-9]", fullmatch=True).filter(
    lambda text: ".." not in text
)
SUBSCRIBERS = st.lists(
    st.fixed_dictionaries(
        {
            "local_part": LOCAL_PARTS,
            "topics": st.lists(st.sampled_from(["music", "open-air", "art"]), unique=True),
            "locale": st.sampled_from(["en", "de", "fr", "es"]),
            "timezone": st.sampled_from(["", "Europe/Berlin", "America/New_York"]),
            "frequency": st.sampled_from(list(Frequency)).map(str),
            "begins": st.sampled_from(["asked", "confirmed", "declared"]),
            "ends": st.sampled_from(["", "left", "bounced", "complained", "stopped"]),
            "words": WORDS,
        }
    ),
    max_size=6,
    unique_by=lambda each: each["local_part"],
)
LOCALES = ("en", "de", "fr", "es")


def make(subscriber: dict[str, Any]) -> None:
    """Somebody comes, and perhaps goes, as the services let them."""
    email = f"{subscriber['local_part']}@example.com"
    wishes = {name: subscriber[name] for name in ("topics", "locale", "timezone", "frequency")}
    if subscriber["begins"] == "declared":
        declared = {"date": "2026-04-01", "import": "an import"}
        subscription_add_confirmed(
            email=email, source=subscriber["words"], declared=declared, **wishes
        )
    else:
        _row, token = make_pending(email, **wishes)
        if subscriber["begins"] == "confirmed":
            confirm(token)
    end(known(subscription_by_email(email)).id, subscriber)


def end(subscription_id: str, subscriber: dict[str, Any]) -> None:
    match subscriber["ends"]:
        case "left":
            subscription_leave(subscription_id=subscription_id)
        case "stopped":
            subscription_stop(subscription_id=subscription_id, reason=subscriber["words"])
        case "bounced" | "complained" as status:
            cause = {"bounced": StopCause.BOUNCE, "complained": StopCause.COMPLAINT}[status]
            subscription_record_feedback(subscription_id=subscription_id, cause=cause)


def exported() -> str:
    return "".join(export_parts(status=None))


def restore(text: str) -> Any:
    reading = Reading(kind=ImportKind.RESTORE, locales=LOCALES, default_locale="", topics={})
    checked = file_check(text.encode(), reading)
    assert checked.problems == []
    row = import_upload(name="subscribers.csv", kind=ImportKind.RESTORE, content=text.encode())
    import_check(import_id=row.key, checked=checked)
    import_begin(import_id=row.key)
    for _body in queued():
        import_step(import_id=row.key)
    return known(import_get(row.key))


def queued() -> Iterator[str]:
    """What is in the queue about imports, until nothing is."""
    url = settings.REQUESTS_QUEUE_URL
    while found := sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for each in found:
            sqs().delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
            if import_of_body(each["Body"]):
                yield each["Body"]


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "PART_SIZE", 2)
    monkeypatch.setattr(imports, "PAUSE_S", 0)


@given(SUBSCRIBERS)
@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_an_export_that_is_restored_is_exported_as_the_same_file(subscribers):
    rows_forget()
    for subscriber in subscribers:
        make(subscriber)
    before, confirmed = exported(), audience_counts().total
    rows_forget()
    done = restore(before)
    assert exported().encode() == before.encode()
    assert audience_counts().total == confirmed
    assert (done.state, done.added, done.known) == ("done", len(subscribers), 0)


def test_a_restore_that_is_repeated_adds_nobody_and_changes_nobody():
    make({**SUBSCRIBER, "ends": "stopped"})
    before = exported()
    rows_forget()
    restore(before)
    again = restore(before)
    assert (again.added, again.known) == (0, 1)
    assert exported() == before


def test_a_restore_brings_languages_back_that_are_no_longer_offered():
    make_confirmed("ana@example.com", locale="es")
    text = exported()
    preferences_update(version=0, languages=["en"])
    checked = file_check(text.encode(), reading_of(ImportKind.RESTORE, language=""))
    assert [(each.email, each.locale) for each in checked.people] == [("ana@example.com", "es")]
    assert checked.problems == []


def test_a_restored_consent_says_where_it_comes_from():
    make(SUBSCRIBER)
    before = known(subscription_by_email("ada@example.com"))
    text = exported()
    rows_forget()
    job = restore(text)
    row = known(subscription_by_email("ada@example.com"))
    assert (row.consent["source"], row.consent["date"]) == ("The fair", "2026-04-01")
    assert row.consent["restored"] is True
    assert row.confirmed_at == before.confirmed_at
    assert datetime.fromisoformat(row.consent["at"]) > datetime.now(UTC) - timedelta(minutes=5)
    assert (job.added, row.status, row.shard) == (1, "confirmed", row.home_shard)
    [story] = consent_story(Subscription.objects.get(pk=row.id))
    assert "from an export: agreed on 2026-04-01, “The fair”" in story


def test_of_an_export_that_is_imported_as_people_only_the_confirmed_come():
    make(SUBSCRIBER)
    make({**SUBSCRIBER, "local_part": "bob", "ends": "left"})
    make({**SUBSCRIBER, "local_part": "cy", "begins": "asked"})
    reading = Reading(locales=LOCALES, default_locale="en", topics={"art": "art"})
    checked = file_check(exported().encode(), reading)
    assert [person.email for person in checked.people] == ["ada@example.com"]
    assert sorted(problem.value for problem in checked.problems) == ["left", "pending"]


SUBSCRIBER: dict[str, Any] = {
    "local_part": "ada",
    "topics": ["art"],
    "locale": "de",
    "timezone": "",
    "frequency": "weekly",
    "begins": "declared",
    "ends": "",
    "words": "The fair",
}
