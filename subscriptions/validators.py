"""Checks for forms and serializers; each raises Django's ValidationError."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from subscriptions.addresses import AddressError, AddressHintError, address_clean


def validate_email_address(text: str) -> None:
    """An address that mail can be sent to."""
    try:
        address_clean(text)
    except AddressHintError as err:
        raise ValidationError(str(err), code="invalid_email") from err
    except AddressError as err:
        raise ValidationError(_("Enter a valid e-mail address."), code="invalid_email") from err
