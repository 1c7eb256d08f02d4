"""Days far from all calendars are refused by their field."""

import pytest

from events.followup_forms import PublishAtForm, RepeatForm
from events.models import Event
from ivent_site.ids import uuid7
from tests.factories import make_data

# Moved to UTC, the first and the last are no dates any more.
FAR = ["0001-01-01", "0999-12-31", "1969-12-31", "2201-01-01", "9999-12-31"]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize("clock", ["00:00", "23:59"])
def test_no_event_publishes_itself_on_a_far_day(day: str, clock: str, zone: str) -> None:
    form = PublishAtForm({"date": day, "time": clock}, event=Event(timezone=zone))
    assert list(form.errors) == ["date"]


@pytest.mark.parametrize("day", FAR)
def test_no_event_is_repeated_until_a_far_day(day: str) -> None:
    posted = {"pattern": "weekly", "interval": "1", "until": day, "token": uuid7()}
    assert list(RepeatForm(posted, content=make_data()).errors) == ["until"]
