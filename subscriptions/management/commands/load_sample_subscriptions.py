"""`manage.py load_sample_subscriptions`: readers for a laptop's events."""

from itertools import cycle

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from subscriptions.enums import Frequency
from subscriptions.services import subscription_add_confirmed

# fmt: off
NAMES = (
    "ada", "alan", "anita", "barbara", "bjarne", "claude", "dennis", "donald", "edsger", "frances",
    "grace", "guido", "hedy", "john", "karen", "katherine", "ken", "leslie", "linus", "lynn",
    "margaret", "mary", "niklaus", "radia", "rasmus", "sophie", "tim", "vint", "whitfield",
    "yukihiro",
)
# fmt: on
LOCALES_AND_ZONES = (
    ("en", "Europe/London"),
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
                email=f"{name}@example.com",
                source="sample data",
                topics=topics,
                locale=locale,
                timezone=timezone,
                frequency=frequency,
            )
