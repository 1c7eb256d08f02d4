"""`manage.py load_sample_subscriptions`: readers for a laptop's events."""

from itertools import cycle

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from subscriptions.enums import Frequency
from subscriptions.services import subscription_add_confirmed

# fmt: off
NAMES = (
    "Ada Lovelace", "Alan Turing", "Anita Borg", "Barbara Liskov", "Bjarne Stroustrup",
    "Claude Shannon", "Dennis Ritchie", "Donald Knuth", "Edsger Dijkstra", "Frances Allen",
    "Grace Hopper", "Guido van Rossum", "Hedy Lamarr", "John Backus", "Karen Spärck Jones",
    "Katherine Johnson", "Ken Thompson", "Leslie Lamport", "Linus Torvalds", "Lynn Conway",
    "Margaret Hamilton", "Mary Kenneth Keller", "Niklaus Wirth", "Radia Perlman", "Rasmus Lerdorf",
    "Sophie Wilson", "Tim Berners-Lee", "Vint Cerf", "Whitfield Diffie", "Yukihiro Matsumoto",
)
# fmt: on
LOCALES_AND_ZONES = (
    ("en-gb", "Europe/London"),
    ("de", "Europe/Berlin"),
    ("fr", "Europe/Paris"),
    ("es", "America/Bogota"),
    ("en", "America/New_York"),
    ("en", "Asia/Tokyo"),
    ("de", ""),
)
# Most want everything.
WISHES: tuple[tuple[str, ...], ...] = ((), (), ("community",), ("conference", "workshop"), ())
FREQUENCIES = (*[Frequency.AT_ONCE] * 3, Frequency.WEEKLY)


class Command(BaseCommand):
    """Safe to repeat: an address that is there stays as it is."""

    help = "Create thirty confirmed subscriptions."

    def handle(self, **_options: object) -> None:
        if not settings.LOCAL:
            raise CommandError("Sample data is for the laptop only.")
        for name, (locale, timezone), topics, frequency in zip(
            NAMES, cycle(LOCALES_AND_ZONES), cycle(WISHES), cycle(FREQUENCIES), strict=False
        ):
            subscription_add_confirmed(
                email=f"{name.partition(' ')[0].lower()}@example.com",
                name=name,
                source="sample data",
                topics=topics,
                locale=locale,
                timezone=timezone,
                frequency=frequency,
            )
