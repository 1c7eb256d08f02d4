"""The audience's numbers are what reading every subscriber would give."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import connection

from ivent_site.counters.daily import daily_counts
from ivent_site.dynamodb.writes import ConflictError
from subscriptions import audience_counts as counting
from subscriptions.audience_counts import audience_counts, audience_recount
from subscriptions.enums import Frequency, StopCause
from subscriptions.selectors import home_shard_names
from subscriptions.services import (
    subscription_leave,
    subscription_record_feedback,
    subscription_update,
)
from subscriptions.tables import AUDIENCE_PARTITION, AudienceRow
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import confirm, make_confirmed, make_pending

pytestmark = pytest.mark.usefixtures("aws")

MUSIC_EN = ("en", frozenset({"music"}), "at_once")
ALL_EN = ("en", frozenset[str](), "at_once")


def numbers():
    return {place: number for place, number in audience_counts().numbers.items() if number}


def today() -> date:
    return datetime.now(UTC).date()


def test_each_change_of_a_subscription_moves_its_number():
    row, token = make_pending(topics=["music"])
    assert numbers() == {}
    confirm(token)
    confirm(token)
    assert numbers() == {MUSIC_EN: 1}
    subscription_update(subscription_id=row.id, topics=["sport", "music"], locale="de")
    assert numbers() == {("de", frozenset({"music", "sport"}), "at_once"): 1}
    subscription_update(subscription_id=row.id, topics=["music", "sport"], timezone="Asia/Tokyo")
    assert numbers() == {("de", frozenset({"music", "sport"}), "at_once"): 1}
    subscription_leave(subscription_id=row.id)
    subscription_leave(subscription_id=row.id)
    assert numbers() == {}
    other = make_confirmed()
    subscription_record_feedback(subscription_id=other.id, cause=StopCause.BOUNCE)
    subscription_record_feedback(subscription_id=other.id, cause=StopCause.COMPLAINT)
    assert numbers() == {}
    assert +daily_counts(first=today(), last=today())[today()] == {
        "confirmed": 2,
        "left": 1,
        "suppressed": 1,
    }


def test_who_an_event_reaches_is_told_by_language_in_one_query():
    for topics, locale in [
        (["music"], "en"),
        (["sport", "music"], "de"),
        (["sport"], "de"),
        ([], "fr"),
        ([], "fr"),
    ]:
        make_confirmed(topics=topics, locale=locale)
    with dynamodb_calls() as calls:
        counts = audience_counts()
    assert calls == {"Query": 1}
    assert counts.total == 5
    assert counts.of([]) == {"en": 1, "de": 2, "fr": 2}
    assert counts.of(["music"]) == {"en": 1, "de": 1, "fr": 2}
    assert counts.of(["film"]) == {"fr": 2}


def test_readers_of_the_digest_are_counted_apart():
    make_confirmed(topics=["music"])
    row = make_confirmed(topics=["music"], frequency="weekly")
    make_confirmed(locale="de", frequency="weekly")
    counts = audience_counts()
    assert counts.of(["music"]) == {"en": 2, "de": 1}
    assert counts.of(["music"], frequency=Frequency.WEEKLY) == {"en": 1, "de": 1}
    assert counts.of(["music"], frequency=Frequency.AT_ONCE) == {"en": 1}
    assert counts.of(["film"], frequency=Frequency.WEEKLY) == {"de": 1}
    assert (counts.total, counts.who_chose("music")) == (3, 2)
    subscription_update(subscription_id=row.id, frequency="at_once")
    assert numbers() == {MUSIC_EN: 2, ("de", frozenset(), "weekly"): 1}


def test_more_topics_than_a_key_could_hold_are_counted_too():
    topics = [f"{number:02}{'x' * 60}" for number in range(20)]
    make_confirmed(topics=topics)
    assert numbers() == {("en", frozenset(topics), "at_once"): 1}


def test_concurrent_changes_lose_no_number():
    rows = [make_confirmed(shard="00") for _ in range(12)]

    def change(row):
        subscription_update(subscription_id=row.id, topics=["music"])
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, rows))
    assert numbers() == {MUSIC_EN: 12}


def test_a_change_that_fails_moves_nothing(monkeypatch):
    row = make_confirmed()
    monkeypatch.setattr("subscriptions.writing.daily_add", _refuse)
    with pytest.raises(ConflictError):
        subscription_leave(subscription_id=row.id)
    assert numbers() == {ALL_EN: 1}


def _refuse(**_):
    raise ConflictError("Not now.")


def test_recount_puts_right_what_is_wrong_and_leaves_the_rest():
    random.seed(7)
    for _ in range(10):
        topics = random.sample(["music", "sport"], random.randrange(3))
        make_confirmed(topics=topics, frequency=random.choice([*Frequency]))
    right = numbers()
    for row in list(AudienceRow.query(AUDIENCE_PARTITION))[:3]:
        row.update(actions=[AudienceRow.number.set(row.number + 2)])
    AudienceRow(key=counting.Place("00", "xx|").key, wish="xx|", number=4).save()
    with dynamodb_calls() as calls:
        call_command("recount", verbosity=0)
    assert "Scan" not in calls
    # Two looks at the numbers, one walk.
    assert calls["Query"] == 3 * len(home_shard_names())
    assert numbers() == right
    assert all(row.number for row in AudienceRow.query(AUDIENCE_PARTITION))
    assert sum(audience_recount(shard) for shard in home_shard_names()) == 0


def test_recount_does_not_count_while_subscriptions_change(monkeypatch):
    row = make_confirmed(shard="00")
    # Two looks in each attempt, and a change before each.
    wishes = iter(["music", "sport"] * counting.RECOUNT_ATTEMPTS)
    kept = counting._kept

    def kept_while_changing(shard):
        subscription_update(subscription_id=row.id, topics=[next(wishes)])
        return kept(shard)

    monkeypatch.setattr(counting, "_kept", kept_while_changing)
    with pytest.raises(ConflictError):
        audience_recount("00")
