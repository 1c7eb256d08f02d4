"""`manage.py load_sample_events`: topics and events to look at on a laptop."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from events.data import EventData
from events.enums import EventStatus
from events.errors import InvalidEventError, StaleVersionError
from events.selectors import event_get
from events.services import event_cancel, event_create
from events.topic_services import topic_create
from events.wall_clock import WallClock

TOPICS = {
    "community": "Community",
    "conference": "Conferences",
    "workshop": "Workshops",
    "social": "Social evenings",
}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """An event so many days from today: at a wall-clock time, or for whole days."""

    id: str
    in_days: int
    status: EventStatus
    title: str
    description: str
    timezone: str
    topics: tuple[str, ...]
    starts: time | None = None
    hours: int = 0
    days: int = 1
    location: str = ""
    url: str = ""

    def data(self, today: datetime) -> EventData:
        """The event's content."""
        day = today.date() + timedelta(days=self.in_days)
        if self.starts:
            starts_at = WallClock(datetime.combine(day, self.starts)).instant(self.timezone)
            starts = WallClock.of(starts_at, self.timezone)
            ends = WallClock.of(starts_at + timedelta(hours=self.hours), self.timezone)
        else:
            starts, ends = WallClock.on(day), WallClock.on(day + timedelta(days=self.days))
        return EventData(
            title=self.title,
            description=self.description,
            starts=starts,
            ends=ends,
            timezone=self.timezone,
            all_day=self.starts is None,
            location=self.location,
            url=self.url,
            topics=self.topics,
        )


# Their ids are fixed, so that a second load makes no second ones.
SAMPLES = (
    Sample(
        id="01900000-0000-7000-8000-000000000001",
        in_days=9,
        starts=time(18, 30),
        hours=3,
        status=EventStatus.PUBLISHED,
        title="Open source evening",
        description=(
            "Short talks, then time to talk.\n\n- **18:30** Doors open\n- **19:00** Three talks\n"
            "- **20:30** Pizza\n\nBring a laptop if you want to show something."
        ),
        timezone="Europe/Berlin",
        topics=("community", "social"),
        location="c-base, Rungestraße 20, Berlin",
        url="https://example.com/open-source-evening",
    ),
    Sample(
        id="01900000-0000-7000-8000-000000000002",
        in_days=30,
        days=3,
        status=EventStatus.PUBLISHED,
        title="Cloud Native Days Tokyo",
        description="Three days of talks, workshops and hallway conversations.",
        timezone="Asia/Tokyo",
        topics=("conference",),
        location="Tokyo International Forum",
        url="https://example.com/cloud-native-days",
    ),
    Sample(
        id="01900000-0000-7000-8000-000000000003",
        in_days=16,
        status=EventStatus.PUBLISHED,
        title="Documentation day",
        description="All day, wherever you are: we improve the documentation together.",
        timezone="UTC",
        topics=("community", "workshop"),
        url="https://example.com/documentation-day",
    ),
    Sample(
        id="01900000-0000-7000-8000-000000000004",
        in_days=45,
        starts=time(10),
        hours=6,
        status=EventStatus.DRAFT,
        title="DynamoDB workshop",
        description="Single-table design, hands on. *Publish me to see the mails go out.*",
        timezone="America/New_York",
        topics=("workshop",),
        location="Brooklyn Public Library, New York",
    ),
    Sample(
        id="01900000-0000-7000-8000-000000000005",
        in_days=5,
        starts=time(19),
        hours=2,
        status=EventStatus.CANCELLED,
        title="Rooftop barbecue",
        description="The weather forecast has decided against us.",
        timezone="Australia/Sydney",
        topics=("social",),
        location="12 Harbour Street, Sydney",
    ),
)


class Command(BaseCommand):
    """Safe to repeat: what is there stays as it is."""

    help = "Create four topics and five events."

    def handle(self, **_options: object) -> None:
        if not settings.LOCAL:
            raise CommandError("Sample data is for the laptop only.")
        for slug, name in TOPICS.items():
            _ensure_topic(slug, name)
        now = datetime.now(UTC)
        for sample in SAMPLES:
            _ensure_event(sample, now)


def _ensure_topic(slug: str, name: str) -> None:
    try:
        topic_create(slug=slug, name=name)
    except InvalidEventError as err:
        if [problem.code for problem in err.problems] != ["taken"]:
            raise


def _ensure_event(sample: Sample, now: datetime) -> None:
    cancelled = sample.status is EventStatus.CANCELLED
    status = EventStatus.PUBLISHED if cancelled else sample.status
    with suppress(StaleVersionError):
        event_create(data=sample.data(now), status=status, event_id=sample.id)
    if cancelled:
        row = event_get(sample.id)
        if row.status == EventStatus.PUBLISHED:
            event_cancel(event_id=row.id, version=int(row.version))
