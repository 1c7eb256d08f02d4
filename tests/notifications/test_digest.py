"""The weekly digest: every event reaches every reader, and none of them twice."""

import json
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from freezegun import freeze_time

from events.enums import EventStatus
from events.services import event_cancel, event_create, event_undo, event_update
from ivent_site.dynamodb.rows import sort_key
from ivent_site.preferences.selectors import preferences_now, preferences_remember
from ivent_site.preferences.services import preferences_update
from ivent_site.preferences.tables import PreferencesRow
from notifications import digest_due
from notifications.announce import announce, release
from notifications.announcements import announcement_sums, event_announcements
from notifications.digest import digest_get
from notifications.digest_times import digest_at_of
from notifications.due import remind
from notifications.enums import AnnouncementKind, AnnouncementState, Reason
from notifications.history import Fate, recipient_entry
from notifications.sweep import sweep
from notifications.tables import DIGESTS, AnnouncementRow
from notifications.tally import Sums
from subscriptions.selectors import subscription_get
from subscriptions.services import subscription_update
from tests.dynamodb_calls import dynamodb_calls
from tests.factories import make_data, make_topic
from tests.factories_subscriptions import known
from tests.notifications.sending import (
    Clock,
    FakeSes,
    WorkerKilledError,
    current,
    finish,
    killed_after,
    make_readers,
    make_worker,
    walk,
)

pytestmark = pytest.mark.usefixtures("aws")
# A Wednesday, and the digests after it: Mondays at nine in Berlin.
NOW = datetime(2038, 6, 2, 12, tzinfo=UTC)
SLOT = datetime(2038, 6, 7, 7, tzinfo=UTC)
DAY, WEEK, MINUTE = timedelta(days=1), timedelta(days=7), timedelta(minutes=1)


@pytest.fixture
def frozen():
    with freeze_time(NOW) as frozen:
        digest_due.digest_remember(None)
        yield frozen


@pytest.fixture(autouse=True)
def weekly(frozen):
    return schedule(digest_weekday=0, undo_window_s=0)


def schedule(**values):
    return preferences_update(
        version=preferences_now().version,
        **{"default_timezone": "Europe/Berlin", "digest_hour": 9, "digest_weeks": 4, **values},
    )


def published(starts_at=SLOT + 10 * DAY, **values):
    """An event that has just been announced."""
    data = make_data(starts_at=starts_at, ends_at=None, **values)
    row = event_create(data=data, status=EventStatus.PUBLISHED, reminders=values.pop("minutes", ()))
    announce(event_id=row.id)
    return row


def announcement_of(event):
    return next(iter(event_announcements(event.id)))


def readers(**values):
    """Somebody who hears at once, and somebody who hears weekly."""
    [at_once] = make_readers(1, **values)
    [weekly] = make_readers(1, frequency="weekly", **values)
    return at_once, weekly


def mailed(row):
    """Whom the announcement is sent to."""
    ses = FakeSes()
    walk(row, ses, Clock())
    return ses.counts


def run(frozen, at):
    frozen.move_to(at)
    digest_due.digest_remember(None)
    sweep(worker=make_worker(FakeSes(), Clock(at)))


def digest_at(frozen, at=SLOT, slot=SLOT):
    run(frozen, at)
    return digest_get(slot)


def titles(row):
    return [(each["title"], each["is_new"]) for each in row.events]


def text_for(row, **values):
    """What somebody with these wishes reads, who alone gets the digest."""
    [reader] = make_readers(1, frequency="weekly", **values)
    ses = FakeSes()
    walk(row, ses, Clock())
    [mail] = ses.accepted
    assert mail.subscriber_id == reader
    return mail.text


def test_a_weekly_reader_gets_the_digest_and_everybody_else_the_mail(frozen):
    at_once, weekly = readers()
    event = published()
    assert announcement_of(event).digest_at == SLOT
    assert mailed(announcement_of(event)) == {at_once: 1}
    assert digest_at(frozen, SLOT - MINUTE) is None
    digest = digest_at(frozen)
    assert (digest.state, titles(digest)) == ("sending", [("Summer fair", True)])
    assert mailed(digest) == {weekly: 1}


def test_who_gives_the_digest_up_gets_one_more_for_what_was_left_to_it(frozen):
    at_once, weekly = readers()
    published(title="Left to it")
    subscription_update(subscription_id=weekly, frequency="at_once")
    subscription = known(subscription_get(weekly))
    assert subscription.last_digest_at == SLOT
    after = published()
    assert recipient_entry(announcement_of(after), subscription).fate == Fate.NOT_YET
    assert mailed(announcement_of(after)) == {at_once: 1, weekly: 1}
    digest = digest_at(frozen)
    assert ("Left to it", True) in titles(digest)
    assert mailed(digest) == {weekly: 1}
    assert mailed(digest_at(frozen, SLOT + WEEK, SLOT + WEEK)) == {}


def test_what_went_by_before_the_digest_was_given_up_is_told_to_be_there(frozen):
    _at_once, weekly = readers()
    row = announcement_of(published())
    walk(row, FakeSes(), Clock())
    subscription_update(subscription_id=weekly, frequency="at_once")
    entry = recipient_entry(current(row), known(subscription_get(weekly)))
    assert entry.fate == Fate.IN_DIGEST


def test_a_digest_that_may_be_made_without_the_last_event_is_not_the_last(frozen):
    _at_once, weekly = readers()
    frozen.move_to(SLOT - 4 * MINUTE)
    subscription_update(subscription_id=weekly, frequency="at_once")
    assert known(subscription_get(weekly)).last_digest_at == SLOT + WEEK


def test_who_gave_up_a_digest_that_never_went_out_gets_the_one_after_it(frozen):
    _at_once, weekly = readers()
    published(title="Before")
    assert mailed(digest_at(frozen)) == {weekly: 1}
    published(title="Left to it", starts_at=SLOT + 20 * DAY)
    subscription_update(subscription_id=weekly, frequency="at_once")
    # A day late, it waits for a person, and gives way to the next one.
    missed = digest_at(frozen, SLOT + WEEK + 2 * DAY, SLOT + WEEK)
    assert missed.reason == Reason.OLD
    after = digest_at(frozen, SLOT + 2 * WEEK, SLOT + 2 * WEEK)
    assert ("Left to it", True) in titles(after)
    assert mailed(after) == {weekly: 1}
    assert mailed(digest_at(frozen, SLOT + 3 * WEEK, SLOT + 3 * WEEK)) == {}


def test_so_does_who_gave_it_up_before_any_went_out(frozen):
    _at_once, weekly = readers()
    published(title="Left to it", starts_at=SLOT + 20 * DAY)
    subscription_update(subscription_id=weekly, frequency="at_once")
    assert digest_at(frozen, SLOT + 2 * DAY).reason == Reason.OLD
    after = digest_at(frozen, SLOT + WEEK, SLOT + WEEK)
    assert ("Left to it", True) in titles(after)
    assert mailed(after) == {weekly: 1}
    assert mailed(digest_at(frozen, SLOT + 2 * WEEK, SLOT + 2 * WEEK)) == {}


def test_who_wants_the_digest_again_gets_each_as_before():
    _at_once, weekly = readers()
    for frequency, last in (("at_once", SLOT), ("weekly", None)):
        subscription_update(subscription_id=weekly, frequency=frequency)
        assert known(subscription_get(weekly)).last_digest_at == last


def test_who_gives_up_a_digest_that_has_just_been_set_up_elsewhere_gets_it():
    _at_once, weekly = readers()
    published()
    # What this process read half a minute ago.
    preferences_remember(None)
    subscription_update(subscription_id=weekly, frequency="at_once")
    assert known(subscription_get(weekly)).last_digest_at == SLOT


def test_without_a_digest_none_is_left_to_get(frozen):
    _at_once, weekly = readers()
    schedule(digest_weekday=None)
    frozen.move_to(SLOT + DAY)
    subscription_update(subscription_id=weekly, frequency="at_once")
    assert known(subscription_get(weekly)).last_digest_at is None


@pytest.mark.parametrize("hours", [-1, 12])
def test_what_begins_before_the_next_digest_or_soon_after_it_is_told_to_all(hours):
    everybody = readers()
    event = published(SLOT + timedelta(hours=hours))
    assert announcement_of(event).digest_at is None
    assert mailed(announcement_of(event)) == dict.fromkeys(everybody, 1)


@pytest.mark.parametrize("kind", AnnouncementKind)
def test_without_a_digest_everybody_is_told_of_everything(kind):
    schedule(digest_weekday=None)
    at = SLOT + DAY
    # The one that was promised is past.
    assert digest_at_of(kind, starts_at=at + 20 * DAY, now=at) is None


def test_a_cancellation_reaches_everybody_at_once():
    event = published()
    event_cancel(event_id=event.id, version=1)
    announce(event_id=event.id)
    row = announcement_of(event)
    assert (row.kind, row.digest_at) == ("cancelled", None)


def test_readers_of_the_digest_get_no_reminder_of_what_it_listed(frozen):
    at_once, _weekly = readers()
    data = make_data(starts_at=SLOT + 3 * DAY, ends_at=None)
    event = event_create(data=data, status=EventStatus.PUBLISHED, reminders=[24 * 60])
    announce(event_id=event.id)
    frozen.move_to(SLOT + 2 * DAY)
    row = known(remind(event_id=event.id, now=SLOT + 2 * DAY))
    assert (row.kind, row.digest_at) == ("reminder", SLOT)
    assert mailed(row) == {at_once: 1}


def test_each_reads_the_events_of_their_topics_and_who_wants_none_gets_no_digest(frozen):
    make_topic("music", "Live music"), make_topic("chess")
    published(title="Concert", topics=("music",))
    published(title="Tournament", topics=("chess",))
    digest = digest_at(frozen)
    assert digest.event["topics"] == ["chess", "music"]
    make_readers(1, frequency="weekly", topics=["theatre"])
    music = text_for(digest, topics=["music", "theatre"])
    assert "Concert (New)" in music
    assert "Topics: Live music" in music
    assert "1 event, 1 new" in music
    assert "Tournament" not in music


def test_what_is_far_ahead_is_listed_once_when_it_is_new(frozen):
    published(SLOT + 100 * DAY, title="Far")
    frozen.move_to(SLOT - MINUTE)
    published(SLOT + 20 * DAY, title="Near")
    digest = digest_at(frozen)
    assert titles(digest) == [("Near", True), ("Far", True)]
    told = text_for(digest)
    assert told.index("Near") < told.index("Further ahead") < told.index("Far (New)")
    assert titles(digest_at(frozen, SLOT + WEEK, SLOT + WEEK)) == [("Near", False)]


def test_what_was_not_yet_on_its_way_when_the_digest_was_made_is_new_in_the_next_one(frozen):
    far = published(SLOT + 100 * DAY)
    row = announcement_of(far)
    row.update(actions=[AnnouncementRow.created_key.remove()])
    assert digest_at(frozen).reason == Reason.EMPTY
    created_at = SLOT - timedelta(hours=1)
    key = AnnouncementRow.created_key.set(sort_key(created_at, row.id))
    row.update(actions=[key, AnnouncementRow.created_at.set(created_at)])
    assert titles(digest_at(frozen, SLOT + WEEK, SLOT + WEEK)) == [("Summer fair", True)]


def test_what_is_published_after_the_slot_waits_for_the_next_one_however_late_this_one_is(frozen):
    published(title="First")
    frozen.move_to(SLOT + timedelta(hours=2))
    late = published(SLOT + 100 * DAY, title="Late")
    assert announcement_of(late).digest_at == SLOT + WEEK
    assert titles(digest_at(frozen, SLOT + timedelta(hours=3)))[0] == ("First", True)


def test_what_may_still_be_undone_is_left_to_the_next_digest(frozen):
    schedule(undo_window_s=600)
    frozen.move_to(SLOT - MINUTE)
    published(title="Told"), published(SLOT + 90 * DAY, title="Fresh")
    assert digest_at(frozen).reason == Reason.EMPTY
    frozen.move_to(SLOT + 11 * MINUTE)
    for at in (SLOT + 12 * MINUTE, SLOT + 13 * MINUTE):
        run(frozen, at)
    assert titles(digest_at(frozen, SLOT + WEEK, SLOT + WEEK)) == [("Told", True), ("Fresh", True)]


def test_where_nothing_is_coming_nobody_is_mailed_and_the_slot_is_over(frozen):
    digest = digest_at(frozen)
    assert (digest.state, digest.reason) == (AnnouncementState.CANCELLED, Reason.EMPTY)
    published(SLOT + 20 * DAY)
    assert digest_at(frozen, SLOT + MINUTE).state == AnnouncementState.CANCELLED
    assert titles(digest_at(frozen, SLOT + WEEK, SLOT + WEEK)) == [("Summer fair", True)]


def test_programs_hear_of_each_event_and_not_of_the_digest(frozen):
    published()
    with mock.patch("notifications.announce.sns") as sns:
        digest_at(frozen)
    sns.assert_not_called()


def test_wherever_the_sweep_dies_there_is_one_digest_and_each_gets_it_once(frozen):
    _at_once, weekly = readers()
    published()
    frozen.move_to(SLOT)
    worker = make_worker(FakeSes(), Clock(SLOT))
    for calls in range(1, 30):
        digest_due.digest_remember(None)
        with killed_after(calls) as made:
            try:
                digest_due.digest_make(now=SLOT)
            except WorkerKilledError:
                continue
        break
    assert len(made) < calls
    sweep(worker=worker)
    [digest] = event_announcements(DIGESTS)
    ses = FakeSes()
    for _ in range(2):
        walk(digest, ses, Clock(SLOT))
    assert ses.counts == {weekly: 1}
    assert announcement_sums(current(digest)) == Sums(audience=1, sent=1)


def test_a_process_asks_but_once_for_a_digest_that_is_made(frozen):
    published()
    run(frozen, SLOT)
    with dynamodb_calls() as calls:
        digest_due.digest_make(now=SLOT + MINUTE)
    assert calls == {}


def test_a_day_late_it_waits_for_a_person_and_gives_way_to_the_next_one(frozen):
    published(SLOT + 30 * DAY)
    old = digest_at(frozen, SLOT + DAY + MINUTE)
    assert (old.state, old.reason) == (AnnouncementState.HELD, Reason.OLD)
    following = digest_at(frozen, SLOT + WEEK, SLOT + WEEK)
    assert current(old).state == AnnouncementState.CANCELLED
    # Nobody has been told by the old one, so what was new in it still is.
    assert (following.state, titles(following)) == ("sending", [("Summer fair", True)])


def test_the_promised_digest_goes_out_after_it_is_switched_off(frozen):
    published()
    schedule(digest_weekday=None)
    assert titles(digest_at(frozen)) == [("Summer fair", True)]
    assert digest_at(frozen, SLOT + WEEK, SLOT + WEEK) is None


def test_the_longest_texts_fit_into_what_dynamodb_takes(frozen):
    with mock.patch("notifications.digest.HELD_CHARS_MAX", 3000):
        for _ in range(8):
            published(title="ü" * 100)
        digest = digest_at(frozen)
    assert len(digest.events) == 3
    assert len(json.dumps(digest.events)) < 3000


def test_more_events_than_it_can_hold_are_cut_and_new_ones_stay(frozen):
    with mock.patch("notifications.digest.HELD_MAX", 2):
        published(SLOT + 3 * DAY, title="Old")
        digest_at(frozen)
        published(SLOT + 15 * DAY, title="A")
        published(SLOT + 90 * DAY, title="B")
        published(SLOT + 12 * DAY, title="C")
        cut = digest_at(frozen, SLOT + WEEK, SLOT + WEEK)
    assert titles(cut) == [("C", True), ("A", True)]


def test_what_is_announced_right_before_a_digest_does_not_count_on_it(frozen):
    everybody = readers()
    frozen.move_to(SLOT - MINUTE)
    event = published(SLOT + 3 * DAY)
    assert mailed(announcement_of(event)) == dict.fromkeys(everybody, 1)


def test_who_gets_the_mail_is_settled_when_it_starts_however_long_ago_it_was_made(frozen):
    frozen.move_to(SLOT - timedelta(hours=1))
    data = make_data(starts_at=SLOT + 3 * DAY, ends_at=None)
    event = event_create(data=data, status=EventStatus.PUBLISHED)
    with (
        mock.patch("notifications.announce.launch", side_effect=WorkerKilledError),
        pytest.raises(WorkerKilledError),
    ):
        announce(event_id=event.id)
    assert announcement_of(event).digest_at == SLOT
    frozen.move_to(SLOT + timedelta(hours=1))
    assert known(announce(event_id=event.id)).digest_at is None


def test_what_a_person_releases_after_its_digest_is_told_to_all_who_would_hear_too_late(frozen):
    everybody = readers()
    data = make_data(starts_at=SLOT + 3 * DAY, ends_at=None)
    event = event_create(data=data, status=EventStatus.PUBLISHED)
    frozen.move_to(NOW + 2 * DAY)
    held = known(announce(event_id=event.id))
    assert (held.reason, held.digest_at) == (Reason.OLD, SLOT)
    frozen.move_to(SLOT + DAY)
    assert release(held)
    assert mailed(announcement_of(event)) == dict.fromkeys(everybody, 1)


def test_nobody_waits_for_a_digest_that_another_process_has_just_ended(frozen):
    before = PreferencesRow.get("site")
    schedule(digest_weekday=None)
    frozen.move_to(SLOT + MINUTE)
    preferences_remember(before)
    assert announcement_of(published(SLOT + 20 * DAY)).digest_at is None


def test_a_digest_that_was_due_when_the_schedule_changed_still_goes_out(frozen):
    published()
    frozen.move_to(SLOT + timedelta(seconds=10))
    schedule(digest_weekday=3)
    assert titles(digest_at(frozen, SLOT + MINUTE)) == [("Summer fair", True)]


@pytest.mark.parametrize(
    "change", [{"status": EventStatus.CANCELLED}, {"data": make_data(title="Typo")}]
)
def test_an_event_is_listed_as_it_was_while_its_change_may_be_undone(frozen, change):
    event = published()
    schedule(undo_window_s=600)
    frozen.move_to(SLOT - MINUTE)
    event_update(event_id=event.id, version=1, **change)
    assert titles(digest_at(frozen)) == [("Summer fair", True)]
    event_undo(event_id=event.id, version=2)


def test_nobody_is_sent_a_digest_in_which_they_want_nothing_any_more(frozen):
    make_topic("music"), make_topic("chess")
    published(topics=("music",))
    digest = digest_at(frozen)
    [reader] = make_readers(1, frequency="weekly", topics=["music"])
    clock, ses = Clock(SLOT), FakeSes("dropped")
    walk(digest, ses, clock)
    subscription_update(subscription_id=reader, topics=["chess"])
    assert finish(current(digest), ses, clock) == Sums(audience=1, suppressed=1)
    assert ses.counts == {}


def test_a_digest_that_is_released_late_tells_what_is_still_to_come(frozen):
    _at_once, weekly = readers()
    for title, days in (("Soon", 3), ("Later", 10)):
        published(SLOT + days * DAY, title=title)
    old = digest_at(frozen, SLOT + DAY + MINUTE)
    assert (old.reason, len(old.events)) == (Reason.OLD, 2)
    frozen.move_to(SLOT + 5 * DAY)
    assert release(old)
    assert titles(current(old)) == [("Later", True)]
    assert mailed(current(old)) == {weekly: 1}


def test_a_digest_of_which_all_events_have_begun_is_not_released(frozen):
    published(SLOT + 3 * DAY)
    old = digest_at(frozen, SLOT + DAY + MINUTE)
    frozen.move_to(SLOT + 5 * DAY)
    assert not release(old)
    assert current(old).state == AnnouncementState.HELD


def test_a_digest_that_died_before_it_started_is_over_once_its_events_have_begun(frozen):
    published(SLOT + timedelta(hours=1))
    frozen.move_to(SLOT)
    with mock.patch("notifications.digest_due.launch", side_effect=OSError):
        assert digest_at(frozen).state == AnnouncementState.HELD
    assert digest_at(frozen, SLOT + timedelta(hours=2)).reason == Reason.EMPTY
