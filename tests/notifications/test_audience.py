import pytest

from notifications.audience import FRESH_S, Audience, Readers
from subscriptions.services import subscription_leave
from tests.dynamodb_calls import dynamodb_calls
from tests.notifications.sending import SHARD, make_readers

pytestmark = pytest.mark.usefixtures("aws")

NOW = 1000.0


def make_audience(*, topics=()):
    return Audience(
        SHARD, readers=Readers(topics=frozenset(topics)), letter_of=lambda each: each.locale
    )


def stretches(audience, *, size, now=NOW):
    """The ids of each stretch, to the end."""
    found, after = [], ""
    while True:
        stretch = audience.next_stretch(after=after, size=size, now=now)
        after = stretch.last
        found.append([each.id for each in stretch.recipients])
        if stretch.end:
            return found


@pytest.mark.parametrize(("size", "queries"), [(50, 3), (100, 2), (200, 1)])
def test_one_letter_goes_to_fifty_at_a_time_however_many_were_read(size, queries):
    ids = make_readers(120)
    with dynamodb_calls() as calls:
        found = stretches(make_audience(), size=size)
    assert found == [ids[:50], ids[50:100], ids[100:]]
    assert calls == {"Query": queries}


def test_readers_of_several_languages_go_together_until_one_letter_has_fifty():
    make_readers(30, locale="de")
    make_readers(49)
    make_readers(30, locale="de")
    (first, second) = stretches(make_audience(), size=200)
    assert (len(first), len(second)) == (30 + 49 + 20, 10)


def test_no_stretch_is_longer_than_it_may_be():
    ids = make_readers(20)
    found = stretches(make_audience(), size=14)
    assert found == [ids[:14], ids[14:]]


@pytest.mark.parametrize(("waited_s", "left_out"), [(FRESH_S - 0.1, 0), (FRESH_S, 1)])
def test_what_was_read_ahead_is_read_again_after_a_second(waited_s, left_out):
    ids = make_readers(100)
    audience = make_audience()
    first = audience.next_stretch(after="", size=200, now=NOW)
    subscription_leave(subscription_id=ids[70])
    second = audience.next_stretch(after=first.last, size=200, now=NOW + waited_s)
    assert len(second.recipients) == 50 - left_out
    assert second.end


def test_an_answer_that_was_cut_off_is_not_taken_for_the_end():
    # DynamoDB gives a megabyte at most.
    ids = make_readers(30, topics=[f"{number:050}" for number in range(1000)])
    assert stretches(make_audience(), size=50) == [ids]


def test_whoever_begins_elsewhere_reads_from_there():
    ids = make_readers(8)
    audience = make_audience()
    audience.next_stretch(after="", size=5, now=NOW)
    stretch = audience.next_stretch(after=ids[1], size=5, now=NOW)
    assert [each.id for each in stretch.recipients] == ids[2:7]
    assert (stretch.last, stretch.end) == (ids[6], False)


def test_who_does_not_want_it_is_passed_and_is_no_end():
    make_readers(10, topics=["sport"])
    music = make_readers(3, topics=["music"])
    make_readers(10, topics=["sport"])
    (found,) = stretches(make_audience(topics=["music"]), size=50)
    assert found == music
