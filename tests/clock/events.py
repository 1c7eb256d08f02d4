"""Events in the zones that changed, at times of which the two releases say different things."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from notifications.announce import announce
from notifications.tables import AnnouncementRow
from tests.clock.rules import NEW, OLD, folder
from tests.factories import api_client

# Before any of the changes takes effect, as announced in the year before.
NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)


@cache
def zone_under(release: str, name: str) -> ZoneInfo:
    """The zone as that release has it, whatever rules this process uses."""
    with (folder(release) / name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@cache
def disputed_time(zone: str) -> datetime:
    """A local time to come that is another moment under the new rules, by which clocks show it
    once: six in the evening, if there is one. In Moldova it is the second of two equal times by
    the old rules, and has `fold`.
    """
    start = NOW.replace(tzinfo=None, hour=18) + timedelta(days=7)
    evenings = (start + timedelta(days=day) for day in range(120))
    hours = (
        (start + timedelta(minutes=30, hours=hour)).replace(fold=fold)
        for hour in range(24 * 360)
        for fold in (0, 1)
    )
    for local in [*evenings, *hours]:
        old, new = (zone_under(release, zone) for release in (OLD, NEW))
        is_disputed = moment(local, zone, OLD) != moment(local, zone, NEW)
        if is_disputed and shown(local, new) == 1 and shown(local, old) == 1 + local.fold:
            return local
    raise LookupError(zone)


def moment(local: datetime, zone: str, release: str) -> datetime:
    """The moment under that release."""
    return local.replace(tzinfo=zone_under(release, zone)).astimezone(UTC)


def shown(local: datetime, zone: ZoneInfo) -> int:
    """How often clocks show the time."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return 1 if first == second else 2 if first < second else 0


def announced(event_id: str) -> AnnouncementRow:
    """What is announced of the event now."""
    row = announce(event_id=event_id)
    assert row is not None
    return row


def posted(zone: str, *, all_day: bool = False, **more: Any) -> dict[str, Any]:
    """A published event of the API, at the disputed time or on its day."""
    local = disputed_time(zone)
    starts = local.replace(tzinfo=zone_under(OLD, zone)) if local.fold else local
    when: dict[str, Any] = (
        {"date": local.date().isoformat()}
        if all_day
        else {
            "starts_at": starts.isoformat(),
            "ends_at": (local + timedelta(minutes=30)).isoformat(),
        }
    )
    body = {"title": "Fair", "timezone": zone, "reminders": [], **when, **more}
    response = api_client("editors").post("/events", body)
    assert response.status_code == 201, response.json()
    made: dict[str, Any] = response.json()
    return made
