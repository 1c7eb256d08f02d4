"""E-mail addresses: what is kept, what is compared, what is mailed."""

import unicodedata
from functools import lru_cache
from typing import Final

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

ADDRESS_MAX_LENGTH: Final = 254
# A mail header would decode it, and with it whatever it hides.
_ENCODED_WORD: Final = "=?"


class AddressError(ValueError):
    """No address that mail can be sent to; the message is for whoever typed it."""


def address_clean(text: str) -> str:
    """The address as typed, without the blanks around it; AddressError if it is none.

    Only what SES can mail: the part before the @ in ASCII and unquoted
    (https://docs.aws.amazon.com/ses/latest/APIReference/API_Destination.html), the domain
    in any script. Nothing is looked up in the DNS.
    """
    address = text.strip(" ")
    _parse(address)
    return address


def address_key(email: str) -> str:
    """What addresses are compared by: lower case, the domain in its ASCII form."""
    parsed = _parse(email)
    return f"{parsed.local_part.casefold()}@{parsed.ascii_domain.lower()}"


def address_ascii(email: str) -> str:
    """The address as mail is sent to it: as typed, but for a domain in another script."""
    if email.isascii():
        return email
    parsed = _parse(email)
    return f"{email.partition('@')[0]}@{parsed.ascii_domain}"


def address_hint(email: str) -> str:
    """The address as its owner knows it again, and nobody learns it: "a…@example.com"."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain}"


# Whoever checks an address asks for its key next: a large file is read in half the time.
@lru_cache(maxsize=8)
def _parse(address: str) -> ValidatedEmail:
    if len(address) > ADDRESS_MAX_LENGTH:
        raise AddressError("An e-mail address has at most 254 characters.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in address):
        raise AddressError("An e-mail address has no control characters.")
    if _ENCODED_WORD in address:
        raise AddressError("An e-mail address has no encoded words.")
    try:
        return validate_email(
            address,
            allow_smtputf8=False,
            allow_quoted_local=False,
            strict=True,
            check_deliverability=False,
            # `.test` is what people try things with.
            test_environment=True,
        )
    except (EmailNotValidError, UnicodeError) as err:
        raise AddressError(str(err)) from err
