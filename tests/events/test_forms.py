from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from events.forms import EventForm
from tests.events.staff import entered

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
        ({"start_date": "2038-02-30"}, "Enter a valid date."),
        ({"start_date": "0001-01-01"}, "greater than or equal to"),
        ({"start_date": "9999-12-31"}, "less than or equal to"),
        ({"start_time": ""}, "Give the time, or say that the event takes all day."),
        ({"start_time": "25:00"}, "Enter a valid time."),
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
