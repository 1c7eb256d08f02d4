"""E-mail addresses: what is kept, what is compared, what is mailed."""

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote

import idna
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from subscriptions.invisible import JOINERS, first_invisible, is_blank, name_of

ADDRESS_MAX_LENGTH: Final = 254
# What is pasted around an address counts for a field's length, and is taken off afterwards.
TYPED_MAX_LENGTH: Final = 400
# A mail header would decode it, and with it whatever it hides.
_ENCODED_WORD: Final = "=?"
_MAILTO: Final = "mailto:"
# Stands for a domain that email-validator does not know to be valid.
_PLAIN_DOMAIN: Final = "example.com"
_SHOWN_CHARS: Final = 30


class AddressError(ValueError):
    """No address that mail can be sent to; the message is for whoever typed it."""


class AddressHintError(AddressError):
    """The same, with a message in the reader's language that says what to change.

    `without_address` says it without any part of the address, for what is stored or logged.
    """

    def __init__(self, message: str, *, without_address: str = "") -> None:
        super().__init__(message)
        self.without_address = without_address or message


class _Parsed(NamedTuple):
    local: str
    ascii_domain: str


def address_clean(text: str) -> str:
    """The address as typed, without what a paste brings along; AddressError if it is none.

    Taken off: blanks and invisible characters around it, `mailto:` and what that link says behind
    a question mark, angle brackets. Inside an address nothing is taken off: AddressHintError
    names an invisible character and its place.

    Only what SES can mail: the part before the @ in ASCII and unquoted
    (https://docs.aws.amazon.com/ses/latest/APIReference/API_Destination.html), the domain
    in any script. Nothing is looked up in the DNS.
    """
    address = address_pasted(text)
    _refuse_by_name(address)
    _parse(address)
    return address


def address_key(email: str) -> str:
    """What addresses are compared by: lower case, the domain in its ASCII form."""
    parsed = _parse(address_pasted(email))
    return f"{parsed.local.casefold()}@{parsed.ascii_domain.lower()}"


def address_ascii(email: str) -> str:
    """The address as mail is sent to it: as typed, but for a domain in another script."""
    if email.isascii():
        return email
    parsed = _parse(email)
    return f"{email.partition('@')[0]}@{parsed.ascii_domain}"


def address_pasted(text: str) -> str:
    """The address in what was pasted. A trailing full stop stays, and is refused: behind it more
    may be missing ("ana@example.co.").
    """
    address = _without_blanks(text)
    if address.startswith("<") and address.endswith(">"):
        address = _without_blanks(address[1:-1])
    if address[: len(_MAILTO)].lower() == _MAILTO:
        # RFC 6068: such a link may be percent-encoded, and say a subject behind "?".
        address = _without_blanks(unquote(address[len(_MAILTO) :].partition("?")[0]))
    return address


def _without_blanks(text: str) -> str:
    first, last = 0, len(text)
    while first < last and is_blank(text[first]):
        first += 1
    while first < last and is_blank(text[last - 1]):
        last -= 1
    return text[first:last]


def address_hint(email: str) -> str:
    """The address as its owner knows it again, and nobody learns it: "a…@example.com"."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain}"


# Whoever checks an address asks for its key next: a large file is read in half the time.
@lru_cache(maxsize=8)
def _parse(address: str) -> _Parsed:
    if len(address) > ADDRESS_MAX_LENGTH:
        raise AddressError("An e-mail address has at most 254 characters.")
    if any(unicodedata.category(character) == "Cs" for character in address):
        raise AddressError("An e-mail address has no half characters.")
    if _ENCODED_WORD in address:
        raise AddressError("An e-mail address has no encoded words.")
    joined = _joined_domain(address)
    local, _at, domain = address.rpartition("@")
    try:
        parsed = validate_email(
            f"{local}@{_PLAIN_DOMAIN if joined else domain}",
            allow_smtputf8=False,
            allow_quoted_local=False,
            strict=True,
            check_deliverability=False,
            # `.test` is what people try things with.
            test_environment=True,
        )
    except (EmailNotValidError, UnicodeError) as err:
        raise AddressError(str(err)) from err
    found = _Parsed(parsed.local_part, joined or str(parsed.ascii_domain))
    if len(found.local) + 1 + len(found.ascii_domain) > ADDRESS_MAX_LENGTH:
        raise AddressError("An e-mail address has at most 254 characters.")
    return found


def _joined_domain(address: str) -> str | None:
    """The ASCII form of a domain with a zero-width joiner where its script has one.

    Persian and Indic domains are written with it (RFC 5892, appendix A.1 and A.2); email-validator
    takes it for an unsafe character, even in the ASCII form. None for any other domain.
    """
    domain = address.rpartition("@")[2]
    if not JOINERS & {*domain} and "xn--" not in domain.lower():
        return None
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode()
        has_joiner = JOINERS & {*idna.decode(ascii_domain)}
    except (idna.IDNAError, UnicodeError):
        return None
    return ascii_domain if has_joiner and "." in ascii_domain else None


def _refuse_by_name(address: str) -> None:
    """Says what to change, where people could not see or guess it.

    Only at the entrance: what is stored already has to be mailed and found as before.
    """
    if "<" in address and address.endswith(">"):
        raise AddressHintError(_("Give the address alone, without a name."))
    if address.endswith("."):
        raise AddressHintError(_("The address ends with a full stop: is it complete?"))
    place = first_invisible(address.partition("@")[0] if _joined_domain(address) else address)
    if place is None:
        return
    name, before = name_of(address[place]), address[:place]
    if not before:
        raise AddressHintError(_("There is %(character)s at the beginning.") % {"character": name})
    shown = before if len(before) <= _SHOWN_CHARS else f"…{before[-_SHOWN_CHARS:]}"
    values = {"character": name, "before": shown}
    raise AddressHintError(
        _("There is %(character)s after “%(before)s”.") % values,
        without_address=_("There is %(character)s in the address.") % values,
    )
