"""Events as the API reads and writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework import serializers

from events.data import CONTENT_FIELDS, EventData
from events.enums import EventStatus
from events.errors import InvalidEventError, Problem
from events.fields import DayField, MomentField
from events.reminders import FIRST_MINUTES, LAST_MINUTES, REMINDERS_MAX, reminders_problems
from events.schedule import resolved, schedule
from events.selectors import topic_slugs
from events.snapshot import EventSnapshot, row_data
from events.tables import EventRow
from events.validators import (
    DESCRIPTION_CHARS,
    LOCATION_CHARS,
    NOTE_CHARS,
    TIMEZONE_CHARS,
    TITLE_CHARS,
    TOPICS_MAX,
    URL_CHARS,
    event_validate,
    timezone_problems,
    with_unix_lines,
)
from events.wall_clock import WallClock
from ivent_site.api.fields import FlagField, ShortListField, TextField, WholeNumberField
from ivent_site.api.serializers import StrictSerializer
from ivent_site.preferences.selectors import preferences_get

VERSION_MAX = 10**9
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
    starts_at = MomentField(required=False)
    ends_at = MomentField(required=False, allow_null=True)
    timezone = TextField(
        max_length=TIMEZONE_CHARS,
        required=False,
        help_text="IANA name, such as Europe/Berlin. An event whose zone alone is changed keeps "
        "the time on the clock.",
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
        shown["publish_at"] = _local(row.publish_at, row.timezone)
        return {name: shown[name] for name, field in self.fields.items() if not field.write_only}

    def validate_description(self, value: str) -> str:
        return with_unix_lines(value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """`data` (EventData) beside what is not content."""
        try:
            data = self._content(attrs)
            self._require_rules(data)
            waits = self._waits(attrs, data.timezone)
        except InvalidEventError as err:
            raise serializers.ValidationError(problem_details(err.problems)) from err
        return {
            "data": data,
            "status": EventStatus(attrs["status"]) if "status" in attrs else None,
            "version": attrs.get("version"),
            "announce": attrs.get("announce", True),
            "note": attrs.get("note", ""),
            "reminders": attrs.get("reminders"),
            **waits,
        }

    def _waits(self, attrs: dict[str, Any], timezone: str) -> dict[str, datetime | None]:
        """`publish_at`, if it is to be another."""
        if problems := [*reminders_problems(attrs.get("reminders", ()))]:
            raise InvalidEventError(problems)
        if "publish_at" not in attrs:
            return {}
        clock = resolved("publish_at", attrs["publish_at"], timezone)
        at = clock.instant(timezone) if clock else None
        before: datetime | None = self.instance.publish_at if self.instance is not None else None
        if at == before:
            return {}
        status = attrs.get("status") or (self.instance and self.instance.status)
        if status != EventStatus.DRAFT:
            message = "Only a draft can be scheduled: its status must be draft."
            raise InvalidEventError([Problem("publish_at", "not_a_draft", message)])
        return {"publish_at": at}

    @property
    def _before(self) -> EventData | None:
        return row_data(self.instance) if self.instance is not None else None

    def _content(self, attrs: dict[str, Any]) -> EventData:
        # A PUT that leaves a field out sets its default; a PATCH leaves it as it is.
        before = self._before if self.partial else None
        kept = before.as_dict() if before else {"timezone": preferences_get().default_timezone}
        content = {**kept, **{name: attrs[name] for name in CONTENT_FIELDS if name in attrs}}
        timezone, saved = content["timezone"], self._before
        # What the event has already stays valid, though later rules may not know the zone.
        is_kept = saved is not None and saved.timezone == timezone
        if not is_kept and (problems := list(timezone_problems(timezone))):
            raise InvalidEventError(problems)
        content["topics"] = tuple(content.get("topics", ()))
        return EventData(**{**content, **schedule(attrs, timezone, before, saved)})

    def _require_rules(self, data: EventData) -> None:
        # What the event has already stays valid, though the topic may be gone.
        before = self._before
        known = frozenset(before.topics if before else ())
        if not known.issuperset(data.topics):
            known |= topic_slugs()
        kept = before.timezone if before else None
        event_validate(data, known_topics=known, kept_timezone=kept)


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


def _local(moment: datetime | None, timezone: str) -> str | None:
    if moment is None:
        return None
    shown = WallClock.of(moment, timezone).as_told()
    return shown.isoformat() if shown else None


def problem_details(problems: list[Problem]) -> dict[str, list[serializers.ErrorDetail]]:
    """Problems as DRF has them."""
    details: dict[str, list[serializers.ErrorDetail]] = {}
    for problem in problems:
        details.setdefault(problem.field, []).append(
            serializers.ErrorDetail(problem.message, problem.code)
        )
    return details
