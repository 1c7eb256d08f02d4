"""Events as the API reads and writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework import serializers

from events.data import CONTENT_FIELDS, EventData
from events.entered_times import entered_times
from events.enums import EventStatus
from events.errors import InvalidEventError, Problem
from events.fields import DayField, MomentField
from events.reminders import FIRST_MINUTES, LAST_MINUTES, REMINDERS_MAX, reminders_problems
from events.schedule import resolved
from events.selectors import topic_slugs
from events.snapshot import EventSnapshot, publication_clock, row_data
from events.tables import EventRow
from events.validators import (
    DESCRIPTION_CHARS,
    LOCATION_CHARS,
    NOTE_CHARS,
    TIMEZONE_CHARS,
    TITLE_CHARS,
    TOPICS_MAX,
    URL_CHARS,
    event_problems,
    publish_at_validate,
    text_problems,
    timezone_problems,
    with_unix_lines,
)
from events.wall_clock import WallClock
from ivent_site.api.fields import FlagField, ShortListField, TextField, WholeNumberField
from ivent_site.api.serializers import StrictSerializer
from ivent_site.preferences.selectors import preferences_get

VERSION_MAX = 10**9
# For what cannot be read, so that the rest is judged all the same.
_STAND_INS: dict[str, Any] = {
    "title": "-",
    "starts": WallClock.parse("2000-01-01"),
    "ends": None,
    "all_day": False,
}
_NO_TIMES = {name: _STAND_INS[name] for name in ("starts", "ends", "all_day")}
# Without these, what is said of the times has no meaning.
_SPAN = frozenset({"date", "all_day"})
_ONLY_NEW = (EventStatus.DRAFT, EventStatus.PUBLISHED)


class EventSerializer(StrictSerializer):
    """An event. Its times are those of the clocks in its zone, shown with the offset there;
    `ends_at` is the first moment after it.
    """

    id = serializers.UUIDField(read_only=True)
    title = TextField(max_length=TITLE_CHARS)
    description = TextField(
        max_length=DESCRIPTION_CHARS,
        allow_blank=True,
        required=False,
        trim_whitespace=False,
        help_text="Markdown.",
    )
    date = DayField(
        required=False,
        allow_null=True,
        help_text="For an event of one whole day, instead of starts_at and ends_at.",
    )
    starts_at = MomentField(
        required=False,
        help_text="Shown with the zone's offset at that moment: where clocks change in between, "
        "start and end have different ones (2027-10-31T01:30:00+02:00 to 03:00:00+01:00). Of a "
        "time that happens twice, the offset says which is meant. A PATCH of starts_at alone moves "
        "ends_at along, so that the event keeps its length on the wall clock.",
    )
    ends_at = MomentField(required=False, allow_null=True)
    timezone = TextField(
        max_length=TIMEZONE_CHARS,
        required=False,
        help_text="IANA name, such as Europe/Berlin. Older names (Europe/Kiev) are taken and kept; "
        "people see the canonical one. An event whose zone alone is changed keeps the time on the "
        "clock.",
    )
    all_day = FlagField(required=False)
    location = TextField(max_length=LOCATION_CHARS, allow_blank=True, required=False)
    url = TextField(max_length=URL_CHARS, allow_blank=True, required=False)
    topics = ShortListField(
        child=TextField(), max_length=TOPICS_MAX, required=False, help_text="Slugs."
    )
    status = serializers.ChoiceField(
        choices=[status.value for status in EventStatus], required=False
    )
    reminders = ShortListField(
        child=WholeNumberField(min_value=FIRST_MINUTES, max_value=LAST_MINUTES),
        max_length=REMINDERS_MAX,
        required=False,
        help_text="Minutes before the start at which readers are reminded. Left out: as they "
        "are; for a new event, those of the site's settings.",
    )
    publish_at = MomentField(
        required=False,
        allow_null=True,
        help_text="When a draft publishes itself. Left out: as it is.",
    )
    version = WholeNumberField(
        required=False,
        min_value=1,
        max_value=VERSION_MAX,
        help_text="Grows with every change. Sent back, it refuses to overwrite another's change.",
    )
    page_url = serializers.URLField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    def to_representation(self, row: EventRow) -> dict[str, Any]:
        event = EventSnapshot.from_row(row)
        shown = event.to_json()
        shown["date"] = event.first_day.isoformat() if event.all_day else None
        shown["created_at"] = row.created_at.isoformat()
        shown["reminders"] = [int(minutes) for minutes in row.reminders]
        shown["publish_at"] = _local(publication_clock(row), row.timezone)
        return {name: shown[name] for name, field in self.fields.items() if not field.write_only}

    def validate_description(self, value: str) -> str:
        return with_unix_lines(value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """`data` (EventData) beside what is not content."""
        data, waits, problems = self._judged(attrs)
        if problems:
            raise serializers.ValidationError(problem_details(problems))
        return {
            "data": data,
            "status": EventStatus(attrs["status"]) if "status" in attrs else None,
            "version": attrs.get("version"),
            "announce": attrs.get("announce", True),
            "note": attrs.get("note", ""),
            "reminders": attrs.get("reminders"),
            **waits,
        }

    def rule_errors(self, attrs: dict[str, Any], *, unreadable: frozenset[str]) -> dict[str, Any]:
        """What the rules say of the readable fields, while others cannot be read."""
        if "starts_at" in unreadable:
            attrs = {**attrs, "starts_at": _STAND_INS["starts"].local}
        return problem_details(self._judged(attrs, unreadable)[2])

    def _judged(
        self, attrs: dict[str, Any], unreadable: frozenset[str] = frozenset()
    ) -> tuple[EventData, dict[str, datetime | None], list[Problem]]:
        """The content, a changed `publish_at`, and every problem."""
        # A PUT that leaves a field out sets its default; a PATCH leaves it as it is.
        before = self._before if self.partial else None
        kept = before.as_dict() if before else {"timezone": preferences_get().default_timezone}
        content = {**kept, **{name: attrs[name] for name in CONTENT_FIELDS if name in attrs}}
        content["topics"] = tuple(content.get("topics", ()))
        # What the event has already stays valid, though later rules may not know its zone.
        saved, zone = self._before, content["timezone"]
        kept_zone = saved.timezone if saved else None
        if zone != kept_zone and [*timezone_problems(zone)]:
            zone = "UTC"
        times, problems = entered_times(attrs, zone, before, saved)
        if _SPAN & unreadable:
            problems = []
        data = EventData(**{**_STAND_INS, **content, **(times or _NO_TIMES)})
        problems += event_problems(
            data, known_topics=self._known_topics(data), kept_timezone=kept_zone
        )
        problems += reminders_problems(attrs.get("reminders", ()))
        problems += text_problems("note", attrs.get("note", ""), limit=NOTE_CHARS)
        waits, late = self._waits(attrs, zone)
        return data, waits, problems + late

    def _waits(
        self, attrs: dict[str, Any], timezone: str
    ) -> tuple[dict[str, datetime | None], list[Problem]]:
        if "publish_at" not in attrs:
            return {}, []
        try:
            clock = resolved("publish_at", attrs["publish_at"], timezone)
            at = clock.instant(timezone) if clock else None
            if at in self._publication():
                return {}, []
            status = attrs.get("status") or (self.instance and self.instance.status)
            if status != EventStatus.DRAFT:
                message = "Only a draft can be scheduled: its status must be draft."
                return {}, [Problem("publish_at", "not_a_draft", message)]
            if at is not None:
                publish_at_validate(at, now=datetime.now(UTC))
        except InvalidEventError as err:
            return {}, err.problems
        return {"publish_at": at}, []

    def _publication(self) -> tuple[datetime | None, ...]:
        """When the event publishes itself, by today's rules and by those it was stored under."""
        row = self.instance
        waits = publication_clock(row) if row is not None else None
        return (waits.instant(row.timezone), waits.last_instant) if row and waits else (None,)

    @property
    def _before(self) -> EventData | None:
        return row_data(self.instance) if self.instance is not None else None

    def _known_topics(self, data: EventData) -> frozenset[str]:
        # What the event has already stays valid, though the topic may be gone.
        before = self._before
        known = frozenset(before.topics if before else ())
        return known if known.issuperset(data.topics) else known | topic_slugs()


class NewEventSerializer(EventSerializer):
    """An event to create; published unless its status says draft."""

    status = serializers.ChoiceField(
        choices=[status.value for status in _ONLY_NEW], default=EventStatus.PUBLISHED.value
    )

    def get_initial(self) -> dict[str, Any]:
        """What the browsable API starts with."""
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        return {"title": "", "description": "", "date": tomorrow.isoformat(), "status": "draft"}


class ChangedEventSerializer(EventSerializer):
    """An event to change."""

    announce = FlagField(
        write_only=True,
        default=True,
        help_text="false: subscribers are not told of this change.",
    )
    note = TextField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=NOTE_CHARS,
        trim_whitespace=False,
        help_text="What to say to readers of this change; of a cancellation, the reason. Markdown.",
    )

    def validate_note(self, value: str) -> str:
        return with_unix_lines(value)


def _local(clock: WallClock | None, timezone: str) -> str | None:
    if clock is None:
        return None
    shown = WallClock.of(clock.instant(timezone), timezone).as_told()
    return shown.isoformat() if shown else None


def problem_details(problems: list[Problem]) -> dict[str, list[serializers.ErrorDetail]]:
    """Problems as DRF has them."""
    details: dict[str, list[serializers.ErrorDetail]] = {}
    for problem in problems:
        details.setdefault(problem.field, []).append(
            serializers.ErrorDetail(problem.message, problem.code)
        )
    return details
