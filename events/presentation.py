"""An event as a page shows it: its times on its own clock, in the page's language."""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.admin.utils import label_for_field
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from events.enums import EventStatus
from events.markdown import description_html
from events.models import Event, Topic
from events.snapshot import EventSnapshot, row_data
from events.tables import EventRow, TopicRow
from events.times import offset_text
from events.wall_clock import told_times
from ivent_site.colours import text_on
from ivent_site.native_inputs import day_in_words
from ivent_site.zones import canonical, zone_of


class EventDisplay:
    """A snapshot for templates."""

    def __init__(self, snapshot: EventSnapshot, topics: Iterable[TopicRow] = ()) -> None:
        self.snapshot = snapshot
        self._topics = {topic.slug: topic for topic in topics}

    @property
    def topics(self) -> list[SafeString]:
        """The names of its topics; of those that are gone, nothing."""
        return [topic_badge(self._topics[s]) for s in self.snapshot.topics if s in self._topics]

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not take place."""
        return self.snapshot.status == EventStatus.CANCELLED

    @property
    def description(self) -> SafeString:
        """HTML, cleaned."""
        return mark_safe(description_html(self.snapshot.description))  # noqa: S308 - nh3 has cleaned it

    @property
    def starts(self) -> date | datetime:
        """The local start; of an all-day event, its first day."""
        event = self.snapshot
        return event.first_day if event.all_day else event.starts_local

    @property
    def ends(self) -> date | datetime | None:
        """The local end; of an all-day event its last day; None if it is the start's own day."""
        event = self.snapshot
        if not event.all_day:
            return event.ends_local
        return None if event.last_day == event.first_day else event.last_day

    @property
    def starts_text(self) -> str:
        """Such as “Sunday, 1 August 2027, 19:00”, with its offset if the end has another."""
        return f"{_text(self.starts)}{self._clock(self.starts)}"

    @property
    def ends_text(self) -> str:
        """The end; only its time if it is on the day of the start."""
        starts, ends = self.starts, self.ends
        if isinstance(ends, datetime) and isinstance(starts, datetime):
            text = _time(ends) if ends.date() == starts.date() else _text(ends)
            return f"{text}{self._clock(ends)}"
        return _text(ends) if ends else ""

    @property
    def zone_text(self) -> str:
        """The zone of the times, such as “Europe/Berlin (CEST)”; nothing for whole days."""
        if not isinstance(self.starts, datetime):
            return ""
        name = canonical(self.snapshot.timezone).replace("_", " ")
        clock = _clock_name(self.starts)
        return name if self._spans_change or clock == name else f"{name} ({clock})"

    @property
    def _spans_change(self) -> bool:
        """Whether clocks are changed between start and end."""
        starts, ends = self.starts, self.ends
        return (
            isinstance(starts, datetime)
            and isinstance(ends, datetime)
            and starts.utcoffset() != ends.utcoffset()
        )

    def _clock(self, value: date | datetime) -> str:
        if not (isinstance(value, datetime) and self._spans_change):
            return ""
        return f" ({_clock_name(value)})"


def is_zone_known(event: EventRow | Event) -> bool:
    """Whether today's rules know the event's time zone."""
    return zone_of(event.timezone) is not None


def moved_text(row: EventRow) -> str:
    """What subscribers were told of the event's times, and what is right; for the staff."""
    event = row_data(row)
    if not is_zone_known(row):
        return _(
            "The rules of time zones no longer know %(zone)s. The event stays where it was:"
            " give it another time zone."
        ) % {"zone": event.timezone}
    told, right = told_times(row.told).starts_local, event.starts_local
    return _(
        "New rules for clocks in %(zone)s: the event stays at %(time)s. Subscribers were told"
        " %(told)s, right is %(right)s."
    ) % {
        "zone": canonical(event.timezone).replace("_", " "),
        "time": _text(right),
        "told": offset_text(told),
        "right": offset_text(right),
    }


def field_names(fields: Iterable[str]) -> str:
    """The names of an event's fields, as a list in words."""
    return ", ".join(str(label_for_field(field, Event)) for field in fields)


def topic_badge(topic: TopicRow | Topic) -> SafeString:
    """The topic's name on its colour, in a text colour that can be read there."""
    return format_html(
        '<span class="topic" style="background:{};color:{}">{}</span>',
        topic.colour,
        text_on(topic.colour),
        topic.name,
    )


def _text(value: date | datetime) -> str:
    day = day_in_words(value)
    if not isinstance(value, datetime):
        return day
    return _("%(day)s, %(time)s") % {"day": day, "time": _time(value)}


def _time(value: datetime) -> str:
    return date_format(value, "TIME_FORMAT")


def _clock_name(value: datetime) -> str:
    """What tells the clock from the one before or after a change: “CEST”, or else “UTC−03:00”."""
    short = value.tzname() or ""
    return short if short.isalpha() else offset_text(value)
