"""What a subscriber may choose; each check raises Django's ValidationError."""

from collections.abc import Collection, Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.times import timezone_names
from subscriptions.addresses import AddressError, address_clean


def validate_email_address(text: str) -> None:
    """An address that mail can be sent to."""
    try:
        address_clean(text)
    except AddressError as err:
        raise ValidationError(_("Enter a valid e-mail address."), code="email") from err


def validate_locale(locale: str) -> None:
    """A language that mails are written in."""
    if locale not in dict(settings.LANGUAGES):
        raise ValidationError(_("Choose one of the languages offered."), code="locale")


def validate_timezone(timezone: str) -> None:
    """An IANA time zone, or none."""
    if timezone and timezone not in timezone_names():
        raise ValidationError(_("Choose a time zone like Europe/Berlin."), code="timezone")


def validate_topics(topics: Sequence[str], *, known: Collection[str]) -> None:
    """Topics that exist."""
    if not set(topics) <= set(known):
        raise ValidationError(_("Choose topics that exist."), code="topics")
