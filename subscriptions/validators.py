"""Checks for forms and serializers; each raises Django's ValidationError."""

from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.validators import line_problems
from subscriptions.addresses import AddressError, AddressHintError, address_clean

NAME_CHARS: Final = 100


def validate_email_address(text: str) -> None:
    """An address that mail can be sent to."""
    try:
        address_clean(text)
    except AddressHintError as err:
        raise ValidationError(str(err), code="invalid_email") from err
    except AddressError as err:
        raise ValidationError(_("Enter a valid e-mail address."), code="invalid_email") from err


def validate_name(text: str) -> None:
    """One line of clean text, which no mail program decodes into something else."""
    for problem in line_problems("name", text, limit=NAME_CHARS):
        raise ValidationError(problem.message, code=problem.code)
    if "=?" in text:
        raise ValidationError(_("A name may not contain “=?”."), code="encoded_word")


def name_clean(text: str) -> str:
    """The name as it is kept: without blanks around it, and with single ones inside."""
    return " ".join(text.split())
