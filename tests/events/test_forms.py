from datetime import UTC, datetime
from html import unescape
from typing import Any, cast

import pytest
from django.utils.datastructures import MultiValueDict

from events.data import EventData
from events.enums import EventStatus
from events.forms import EventForm
from events.models import Event
from events.outbox import set_content
from events.tables import EventRow
from events.wall_clock import WallClock
from tests.events.staff import entered
from tests.factories import NO_EVENT, make_data

pytestmark = pytest.mark.usefixtures("aws")


def posted(**changes: Any) -> EventForm:
    values = entered(**changes).items()
    return EventForm(MultiValueDict({k: v if isinstance(v, list) else [v] for k, v in values}))


@pytest.mark.parametrize(
    ("changes", "starts_at", "ends_at"),
    [
        (
            {"all_day": "on", "start_time": None, "end_time": None, "end_date": "2038-08-03"},
            datetime(2038, 7, 31, 22, tzinfo=UTC),
            datetime(2038, 8, 3, 22, tzinfo=UTC),
        ),
        (
            {"all_day": "on", "end_date": ""},
            datetime(2038, 7, 31, 22, tzinfo=UTC),
            datetime(2038, 8, 1, 22, tzinfo=UTC),
        ),
        (
            {"end_date": "", "end_time": ""},
            datetime(2038, 8, 1, 17, tzinfo=UTC),
            None,
        ),
        (
            {"end_date": "", "end_time": "20:00"},
            datetime(2038, 8, 1, 17, tzinfo=UTC),
            datetime(2038, 8, 1, 18, tzinfo=UTC),
        ),
        (
            {"timezone": "America/New_York"},
            datetime(2038, 8, 1, 23, tzinfo=UTC),
            datetime(2038, 8, 2, 1, tzinfo=UTC),
        ),
    ],
)
def test_times_are_read_on_the_clock_of_the_place(changes, starts_at, ends_at):
    form = posted(**changes)
    assert form.is_valid(), form.errors
    assert (form.event_data.starts_at, form.event_data.ends_at) == (starts_at, ends_at)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "=?utf-8?q?x?="}, "A title may not contain"),
        ({"title": "a\nb"}, "Line breaks are not allowed here."),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"description": "x" * 20_001}, "At most 20000 characters"),
        ({"description": "a\x07b"}, "Control characters"),
        ({"url": "javascript:alert(1)"}, "Give a full link"),
        ({"timezone": "Mars"}, "Select a valid choice."),
        ({"topics": ["nothing"]}, "Select a valid choice."),
        ({"start_date": "2038-02-30"}, "“2038-02-30” is not a date like 2027-06-12"),
        ({"start_date": "12/06/2027"}, "“12/06/2027” is not a date like 2027-06-12"),
        ({"end_date": "12.6.2027"}, "“12.6.2027” is not a date like 2027-06-12"),
        ({"start_date": "0001-01-01"}, "greater than or equal to"),
        ({"start_date": "9999-12-31"}, "less than or equal to"),
        ({"start_time": ""}, "Give the time, or say that the event takes all day."),
        ({"start_time": "25:00"}, "“25:00” is not a time like 19:30"),
        ({"start_time": "3pm"}, "“3pm” is not a time like 19:30 or 09:00 (24-hour clock)."),
        ({"end_time": ""}, "Give the time, or say that the event takes all day."),
        ({"end_time": "18:00"}, "The end must be after the start."),
        ({"all_day": "on", "end_date": "2038-07-01"}, "The end must be after the start."),
        ({"start_date": "2038-03-28", "start_time": "02:30"}, "clocks in Europe/Berlin skip 02:30"),
    ],
)
def test_what_breaks_a_rule_is_told(changes, message):
    form = posted(**changes)
    assert not form.is_valid()
    assert message in unescape(str(form.errors))


def test_lines_end_as_everywhere_else():
    form = posted(description="One\r\nTwo\rThree")
    assert form.is_valid()
    assert form.event_data.description == "One\nTwo\nThree"


def test_all_errors_come_at_once():
    form = posted(
        title="=?utf-8?q?x?=",
        url="ftp://x.example",
        description="a\x07b",
        start_time="3pm",
        end_time="",
        timezone="Mars",
        topics=["nothing"],
    )
    assert not form.is_valid()
    assert set(form.errors) == {
        *("title", "url", "description", "start_time", "end_time", "timezone", "topics"),
    }


def test_equal_hours_and_a_skipped_time_come_with_all_other_errors():
    form = posted(
        title="=?utf-8?q?x?=",
        start_date="2038-10-31",
        start_time="02:30",
        end_date="2039-03-27",
        end_time="02:30",
    )
    assert not form.is_valid()
    assert set(form.errors) == {"title", "start_reading", "end_date"}
    assert "show this time twice" in str(form.errors["start_reading"])
    assert "skip 02:30" in str(form.errors["end_date"])
    assert "the second 02:30 (UTC+01:00)" in str(form["start_reading"])


def test_a_field_that_cannot_be_read_has_that_error_alone():
    form = posted(start_date="12/06/2027", end_date="2027-06-01")
    assert not form.is_valid()
    assert [(name, len(errors)) for name, errors in form.errors.items()] == [("start_date", 1)]


SAVED = make_data(
    starts_at=datetime(2038, 8, 1, 17, tzinfo=UTC), ends_at=datetime(2038, 8, 2, 0, tzinfo=UTC)
)
WHOLE_DAYS = make_data(
    all_day=True,
    starts_at=datetime(2038, 7, 31, 22, tzinfo=UTC),
    ends_at=datetime(2038, 8, 3, 22, tzinfo=UTC),
)


def stored(saved: EventData) -> Event:
    event = Event(pk=NO_EVENT, status=EventStatus.DRAFT)
    # The model has what the row has, under the same names.
    set_content(cast("EventRow", event), saved)
    return event


def changed(saved: EventData, **changes: Any) -> EventForm:
    """The form of a saved event, as a browser without scripts posts it."""
    event = stored(saved)
    shown = {name: bound.value() for name, bound in _bound(EventForm(instance=event))}
    values = {**{name: value for name, value in shown.items() if value}, **changes}
    return EventForm(
        MultiValueDict({k: v if isinstance(v, list) else [v] for k, v in values.items()}),
        instance=event,
    )


def _bound(form: EventForm) -> list[tuple[str, Any]]:
    return [(name, form[name]) for name in form.fields]


@pytest.mark.parametrize(
    ("saved", "changes", "ends_at", "moved"),
    [
        (SAVED, {"start_date": "2038-02-01"}, datetime(2038, 2, 2, 1, tzinfo=UTC), True),
        (SAVED, {"start_time": "21:30"}, datetime(2038, 8, 2, 2, 30, tzinfo=UTC), True),
        (SAVED, {"start_time": "12:00"}, datetime(2038, 8, 1, 17, tzinfo=UTC), True),
        (WHOLE_DAYS, {"start_date": "2038-12-30"}, datetime(2039, 1, 1, 23, tzinfo=UTC), True),
        # Whoever sets the end has set it.
        (
            SAVED,
            {"start_date": "2038-08-02", "end_date": "2038-08-03", "end_time": "04:00"},
            datetime(2038, 8, 3, 2, tzinfo=UTC),
            False,
        ),
        (SAVED, {"start_time": "18:00", "end_settled": "1"}, SAVED.ends_at, False),
        (SAVED, {"title": "Other"}, SAVED.ends_at, False),
    ],
)
def test_moving_the_start_keeps_the_length(saved, changes, ends_at, moved):
    form = changed(saved, **changes)
    assert form.is_valid(), form.errors
    assert form.event_data.ends_at == ends_at
    told = "The end has moved along with the start." in [*form.notes]
    assert told is moved


def test_an_end_that_moves_to_one_of_two_equal_hours_is_asked_for():
    late = make_data(
        starts_at=datetime(2038, 8, 1, 18, tzinfo=UTC),
        ends_at=datetime(2038, 8, 2, 0, 30, tzinfo=UTC),
    )
    form = changed(late, start_date="2038-10-30")
    assert not form.is_valid()
    assert set(form.errors) == {"end_reading"}
    assert form["end_date"].value() == "2038-10-31"
    form = changed(late, start_date="2038-10-30", end_reading="1")
    assert form.is_valid(), form.errors
    assert form.event_data.ends == WallClock.parse("2038-10-31T02:30:00[fold=1]")


def test_what_ends_on_the_clock_before_it_begins_keeps_its_length():
    # From the first ten to three to the second ten past two: twenty minutes.
    saved = make_data(
        starts_at=datetime(2038, 10, 31, 0, 50, tzinfo=UTC),
        ends_at=datetime(2038, 10, 31, 1, 10, tzinfo=UTC),
    )
    form = changed(saved, start_date="2038-11-01")
    assert form.is_valid(), form.errors
    assert form.event_data.ends == WallClock.parse("2038-11-01T03:10")


def test_an_event_without_an_end_gets_none_by_moving():
    form = changed(make_data(ends_at=None), start_date="2038-09-01")
    assert form.is_valid(), form.errors
    assert form.event_data.ends_at is None


def test_an_end_that_moved_is_shown_where_the_form_comes_back():
    form = changed(SAVED, start_date="2038-09-01", url="nothing")
    assert not form.is_valid()
    assert form["end_date"].value() == "2038-09-02"
    assert form.fields["end_date"].help_text == "The end has moved along with the start."


def test_dates_and_times_are_the_browsers_own_inputs_with_the_date_in_words():
    html = str(changed(SAVED)["start_date"])
    assert 'type="date"' in html
    assert 'value="2038-08-01"' in html
    assert 'min="1970-01-01"' in html
    assert ">Sunday, August 1, 2038</output>" in html
    html = str(changed(SAVED)["start_time"])
    assert 'type="time"' in html
    assert 'value="19:00"' in html


def test_only_an_untouched_new_form_takes_the_browsers_zone():
    asks = "data-iv-browser-zone"
    assert asks in str(EventForm()["timezone"])
    assert asks not in str(posted()["timezone"])
    assert asks not in str(EventForm(instance=stored(SAVED))["timezone"])
