"""What other newsletter programs call their columns and states, and how Ivent reads them.

One table, with where each name was found. A program's export that is not listed here is read by
the names in `_ELSEWHERE`, and every choice can be changed on the form.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _


class Field(StrEnum):
    """What a column can be read as. NOTHING is not read."""

    NOTHING = ""
    EMAIL = "email"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    STATUS = "status"
    # Filled, yes or true: may be mailed; anything else, or empty: may not.
    OPTED_IN = "opted_in"
    # Empty, no or false: may be mailed; anything else (yes, a date, a reason): may not.
    OPTED_OUT = "opted_out"
    TOPICS = "topics"
    LOCALE = "locale"
    TIMEZONE = "timezone"
    FREQUENCY = "frequency"


FIELD_LABELS: Final = {
    Field.NOTHING: _("not read"),
    Field.EMAIL: _("e-mail address"),
    Field.NAME: _("name"),
    Field.FIRST_NAME: _("first name"),
    Field.LAST_NAME: _("last name"),
    Field.STATUS: _("status, such as subscribed or bounced"),
    Field.OPTED_IN: _("may be e-mailed: yes or no"),
    Field.OPTED_OUT: _("has opted out: yes, a date or a reason"),
    Field.TOPICS: _("topics"),
    Field.LOCALE: _("language"),
    Field.TIMEZONE: _("time zone"),
    Field.FREQUENCY: _("frequency"),
}
# Several columns may say that somebody may not be mailed; every other field has one column.
REPEATABLE: Final = frozenset({Field.NOTHING, Field.STATUS, Field.OPTED_IN, Field.OPTED_OUT})


class Program(NamedTuple):
    """A program's export: its columns, and its states by whether they allow e-mail."""

    name: str
    source: str
    columns: Mapping[str, Field]
    mailed: tuple[str, ...] = ()
    not_mailed: tuple[str, ...] = ()


PROGRAMS: Final = (
    Program(
        "Ivent",
        "subscriptions/exports.py",
        {
            "email": Field.EMAIL,
            "name": Field.NAME,
            "status": Field.STATUS,
            "topics": Field.TOPICS,
            "language": Field.LOCALE,
            "timezone": Field.TIMEZONE,
            "frequency": Field.FREQUENCY,
        },
        ("confirmed",),
        ("pending", "left", "bounced", "complained", "suppressed"),
    ),
    Program(
        "listmonk",
        "https://github.com/knadh/listmonk/blob/master/cmd/subscribers.go",
        {"email": Field.EMAIL, "name": Field.NAME, "status": Field.STATUS},
        ("enabled", "confirmed"),
        ("disabled", "blocklisted", "unconfirmed", "unsubscribed"),
    ),
    Program(
        # Three files: subscribed, unsubscribed (UNSUB_…) and cleaned (CLEAN_…), with no state.
        "Mailchimp",
        "https://mailchimp.com/help/view-export-contacts/",
        {
            "email address": Field.EMAIL,
            "first name": Field.FIRST_NAME,
            "last name": Field.LAST_NAME,
            "timezone": Field.TIMEZONE,
            "unsub time": Field.OPTED_OUT,
            "clean time": Field.OPTED_OUT,
        },
        ("subscribed",),
        ("unsubscribed", "cleaned", "non-subscribed", "transactional", "pending", "archived"),
    ),
    Program(
        # `active_subscription` says who pays, not who gets e-mails.
        "Substack",
        "https://github.com/TryGhost/migrate/tree/main/packages/mg-substack",
        {"email": Field.EMAIL, "name": Field.NAME, "email disabled": Field.OPTED_OUT},
    ),
    Program(
        "Ghost",
        "https://github.com/TryGhost/Ghost/tree/main/ghost/core/core/server/services/members",
        {
            "email": Field.EMAIL,
            "name": Field.NAME,
            "subscribed to emails": Field.OPTED_IN,
            "deleted at": Field.OPTED_OUT,
        },
    ),
    Program(
        "HubSpot",
        "https://knowledge.hubspot.com/properties/hubspots-default-contact-properties",
        {
            "email": Field.EMAIL,
            "first name": Field.FIRST_NAME,
            "last name": Field.LAST_NAME,
            "preferred language": Field.LOCALE,
            "hs language": Field.LOCALE,
            "time zone": Field.TIMEZONE,
            "unsubscribed from all email": Field.OPTED_OUT,
            "hs email optout": Field.OPTED_OUT,
            "email hard bounce reason": Field.OPTED_OUT,
            "email address quarantined": Field.OPTED_OUT,
            "invalid email address": Field.OPTED_OUT,
            "marketing contact status": Field.STATUS,
            "marketing email confirmation status": Field.STATUS,
        },
        ("marketing contact", "confirmed"),
        ("non-marketing contact", "double_opt_in_pending"),
    ),
    Program(
        "Brevo",
        "https://developers.brevo.com/reference/get-contacts",
        {
            "email": Field.EMAIL,
            "firstname": Field.FIRST_NAME,
            "lastname": Field.LAST_NAME,
            "email blacklisted": Field.OPTED_OUT,
            "emailblacklisted": Field.OPTED_OUT,
            "email blocklisted": Field.OPTED_OUT,
        },
        ("subscribed",),
        ("blocklisted", "blacklisted", "unsubscribed"),
    ),
    Program(
        # Those who left are in a file of their own, "unsubscribers".
        "Buttondown",
        "https://github.com/buttondown/openapi/blob/main/enums.json",
        {
            "email": Field.EMAIL,
            "email address": Field.EMAIL,
            "type": Field.STATUS,
            "subscriber type": Field.STATUS,
            "unsubscription date": Field.OPTED_OUT,
        },
        ("regular", "premium", "trialed", "unpaid", "gifted", "churning", "paused", "past_due"),
        ("unactivated", "unsubscribed", "spammy", "removed"),
    ),
    Program(
        "MailerLite",
        "https://github.com/mailerlite/mailerlite-nodejs",
        {
            "subscriber": Field.EMAIL,
            "email": Field.EMAIL,
            "name": Field.NAME,
            "last name": Field.LAST_NAME,
            "status": Field.STATUS,
            "unsubscribed": Field.OPTED_OUT,
            "unsubscribed at": Field.OPTED_OUT,
        },
        ("active",),
        ("unsubscribed", "unconfirmed", "bounced", "junk"),
    ),
    Program(
        "Keila",
        "https://github.com/pentacent/keila/blob/main/lib/keila/contacts/schemas/contact.ex",
        {
            "email": Field.EMAIL,
            "first name": Field.FIRST_NAME,
            "last name": Field.LAST_NAME,
            "status": Field.STATUS,
        },
        ("active",),
        ("unsubscribed", "unreachable"),
    ),
    Program(
        "phpList",
        "https://github.com/phpList/phplist3/blob/main/public_html/lists/admin/actions/export.php",
        {
            "email": Field.EMAIL,
            "confirmed": Field.OPTED_IN,
            "blacklisted": Field.OPTED_OUT,
            "optedin": Field.OPTED_IN,
            "disabled": Field.OPTED_OUT,
        },
    ),
)
# What people write themselves, in the languages that the admin speaks.
_ELSEWHERE: Final = {
    "e-mail address": Field.EMAIL,
    "e-mail-adresse": Field.EMAIL,
    "adresse e-mail": Field.EMAIL,
    "correo electrónico": Field.EMAIL,
    "e-mail": Field.EMAIL,
    "mail": Field.EMAIL,
    "address": Field.EMAIL,
    "full name": Field.NAME,
    "nombre completo": Field.NAME,
    "vorname": Field.FIRST_NAME,
    "prénom": Field.FIRST_NAME,
    "nombre": Field.FIRST_NAME,
    "nachname": Field.LAST_NAME,
    "nom": Field.LAST_NAME,
    "apellidos": Field.LAST_NAME,
    "subscription status": Field.STATUS,
    "email status": Field.STATUS,
    "email subscription status": Field.STATUS,
    "état": Field.STATUS,
    "estado": Field.STATUS,
    "subscribed": Field.OPTED_IN,
    "opted in": Field.OPTED_IN,
    "opted out": Field.OPTED_OUT,
    "bounced": Field.OPTED_OUT,
    "topic": Field.TOPICS,
    "themen": Field.TOPICS,
    "locale": Field.LOCALE,
    "lang": Field.LOCALE,
    "sprache": Field.LOCALE,
    "langue": Field.LOCALE,
    "idioma": Field.LOCALE,
    "tz": Field.TIMEZONE,
    "zeitzone": Field.TIMEZONE,
    "fuseau horaire": Field.TIMEZONE,
    "zona horaria": Field.TIMEZONE,
    "how often": Field.FREQUENCY,
}


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text).strip().casefold()


# In the order of their worth: "Email" before "Address", which may be a street.
_HEADINGS: Final[dict[str, Field]] = {}
for _columns in (*(program.columns for program in PROGRAMS), _ELSEWHERE):
    for _heading, _field in _columns.items():
        _HEADINGS.setdefault(_plain(_heading), _field)
_RANK: Final = {heading: rank for rank, heading in enumerate(_HEADINGS)}
_MAILED: Final = frozenset(_plain(word) for each in PROGRAMS for word in each.mailed)
_NOT_MAILED: Final = frozenset(_plain(word) for each in PROGRAMS for word in each.not_mailed)
_NO: Final = frozenset({"", "0", "no", "false", "n", "f", "nein", "non", "null", "none", "-"})
_YES: Final = frozenset({"1", "yes", "true", "y", "t", "ja", "oui", "sí", "si"})


def fields_guess(heading: Sequence[str]) -> list[Field]:
    """What each column is most likely; tags, lists and labels are not taken for topics."""
    names = [_plain(name) for name in heading]
    fields = [_HEADINGS.get(name, Field.NOTHING) for name in names]
    for field in set(fields) - REPEATABLE:
        places = [place for place, each in enumerate(fields) if each is field]
        best = min(places, key=lambda place: _RANK[names[place]])
        for place in places:
            if place != best:
                fields[place] = Field.NOTHING
    return fields


def has_address(heading: Sequence[str]) -> bool:
    """Whether a column is called as addresses are."""
    return any(_HEADINGS.get(_plain(name)) is Field.EMAIL for name in heading)


def may_be_mailed(field: Field, text: str) -> bool | None:
    """What the cell says; None if it is a word that no known program uses."""
    word = _plain(text)
    if field is Field.OPTED_OUT:
        return word in _NO
    if field is Field.OPTED_IN:
        return True if word in _YES else False if word in _NO else None
    if word in _MAILED:
        return True
    return False if word in _NOT_MAILED else None
