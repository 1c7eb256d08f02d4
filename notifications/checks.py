"""What to look at before a mail goes to everybody.

Nothing is fetched: of links, the form and the host's name are judged, and no more is promised.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from events.markdown_parser import markdown_links
from events.snapshot import EventSnapshot
from notifications.enums import AnnouncementKind
from notifications.preview import Preview
from notifications.tables import AnnouncementRow
from notifications.transports.account import Account
from notifications.when_checks import when_warnings

SOON: Final = timedelta(hours=24)
LATELY: Final = timedelta(hours=24)
SUBJECT_CHARS: Final = 78
ALIKE: Final = 0.85
# These ask readers to come, so the event has to be worth it.
_INVITING: Final = frozenset({AnnouncementKind.PUBLISHED, AnnouncementKind.CHANGED})
# They hide where a link leads, so many mail servers take mails with them for spam.
_SHORTENERS: Final = frozenset(
    {"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly", "rb.gy"}
)
_INSIDE: Final = ("localhost", ".local", ".internal", ".lan", ".test", ".invalid")


class Level(StrEnum):
    """How much it matters."""

    GOOD = "good"
    HINT = "hint"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """What was found; `link` leads to what it is about."""

    level: Level
    text: str
    link: str = ""


def event_checks(
    event: EventSnapshot,
    kind: AnnouncementKind,
    *,
    note: str,
    previews: Collection[Preview],
    recent: Iterable[AnnouncementRow],
    now: datetime,
) -> Iterator[Check]:
    """What an announcement of this kind is to be checked for; `note` is written for it."""
    invites = kind in _INVITING
    yield date_check(event, now=now, late=Level.BAD if invites else Level.HINT)
    if invites:
        yield from (Check(Level.HINT, text) for text in when_warnings(event, now=now))
    yield from mail_checks(previews)
    if invites:
        yield from content_checks(event)
    yield from link_checks(event, note)
    if invites:
        yield from duplicate_checks(event, recent)
    elif kind is AnnouncementKind.MESSAGE:
        yield from message_checks(event, recent, now=now)


def date_check(event: EventSnapshot, *, now: datetime, late: Level = Level.BAD) -> Check:
    """Whether the event still lies ahead; `late` is how bad it is if not."""
    if event.starts_at <= now:
        return Check(late, _("The event lies in the past, or has begun."))
    if event.starts_at <= now + SOON:
        return Check(Level.HINT, _("The event begins within a day: some will read it too late."))
    return Check(Level.GOOD, _("The event lies ahead."))


def link_checks(event: EventSnapshot, note: str = "") -> Iterator[Check]:
    """What is wrong with the form of each link, of the note beside the event too."""
    links = [event.url] if event.url else []
    links += [*markdown_links(event.description), *markdown_links(note)]
    problems = [(link, problem) for link in dict.fromkeys(links) if (problem := _problem(link))]
    for link, problem in problems:
        yield Check(Level.BAD, f"{link}: {problem}")
    if links and not problems:
        text = _("The links are well-formed. (They are not fetched: follow them in a test mail.)")
        yield Check(Level.GOOD, text)


def mail_checks(previews: Collection[Preview]) -> Iterator[Check]:
    """Whether the mails can be read in every mail program."""
    if any(not preview.text.strip() for preview in previews):
        yield Check(Level.BAD, _("The text part is empty: some mail programs show nothing else."))
    if any(len(preview.subject) > SUBJECT_CHARS for preview in previews):
        yield Check(Level.HINT, _("The subject is long: phones show its beginning only."))


def content_checks(event: EventSnapshot) -> Iterator[Check]:
    """Whether the event says what readers want to know of it."""
    if event.description.strip():
        yield Check(Level.GOOD, _("There is a description, and a text part beside the HTML."))
    else:
        yield Check(Level.HINT, _("There is no description."))
    if not event.location and not event.url:
        yield Check(Level.HINT, _("Neither a place nor a link says where it is."))


def address_checks(postal_address: str) -> Iterator[Check]:
    """Whether the mails have a postal address."""
    if not postal_address.strip():
        text = _("No postal address is set: the law of many countries asks for one in each mail.")
        yield Check(Level.BAD, text)


def audience_checks(
    total: int, by_language: dict[str, int], own: str, *, name: str
) -> Iterator[Check]:
    """Whether anybody gets it, and in how many languages the frame around the text is."""
    if not total:
        yield Check(Level.HINT, _("Nobody has asked for such events: no mail will be sent."))
    others = {language: number for language, number in by_language.items() if language != own}
    if number := sum(others.values()):
        text = _(
            "%(number)s readers use another language than %(own)s: dates and phrases are in"
            " theirs, your own words stay as you wrote them."
        ) % {"number": number_format(number), "own": name}
        yield Check(Level.HINT, text)


def account_check(account: Account | None, total: int, stopped: str) -> Check:
    """Whether SES will send so many; `stopped` is its reason not to, in plain words."""
    if account is None:
        return Check(Level.HINT, _("SES does not answer: its quota is not known right now."))
    if stopped:
        return Check(Level.BAD, stopped)
    if account.sandbox:
        text = _("SES has the account in its sandbox: only verified readers get mails.")
        return Check(Level.BAD, text)
    if account.left < total:
        text = _(
            "Only %(left)s more mails are left of this day: the rest wait until SES takes more."
        )
        return Check(Level.HINT, text % {"left": number_format(int(account.left))})
    return Check(Level.GOOD, _("SES's quota is large enough."))


def duplicate_checks(event: EventSnapshot, recent: Iterable[AnnouncementRow]) -> Iterator[Check]:
    """Other events of the same day that were announced lately under about the same title."""
    seen = {event.id}
    for row in recent:
        if row.kind == AnnouncementKind.DIGEST:
            continue
        other = EventSnapshot.from_json(row.event)
        if other.id in seen or not _is_alike(event, other):
            continue
        seen.add(other.id)
        text = _("Very like “%(title)s”, which was announced lately. Is it the same event?")
        yield Check(Level.HINT, text % {"title": other.title}, link=other.id)


def message_checks(
    event: EventSnapshot, recent: Iterable[AnnouncementRow], *, now: datetime
) -> Iterator[Check]:
    """Messages that the event's readers got lately."""
    for row in recent:
        is_message = row.kind == AnnouncementKind.MESSAGE and row.event_id == event.id
        if is_message and row.created_at > now - LATELY:
            text = _("The same readers got “%(subject)s” within the last day.")
            yield Check(Level.HINT, text % {"subject": row.subject})


def _problem(link: str) -> str:
    """What is wrong with the form of a link; "" if nothing is."""
    if link.startswith(("mailto:", "tel:")):
        return ""
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return _("this is no link.")
    if parts.scheme not in {"http", "https"} or not host:
        return _("this is no link that readers could follow.")
    if host in _SHORTENERS:
        return _("link shorteners make mails look like spam: give the long link.")
    if host.endswith(_INSIDE) or "." not in host or _is_address(host):
        return _("readers cannot reach this host, or mail servers distrust it.")
    return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_alike(one: EventSnapshot, other: EventSnapshot) -> bool:
    if one.starts_at.date() != other.starts_at.date():
        return False
    alike: float = SequenceMatcher(None, _plain(one.title), _plain(other.title)).ratio()
    return alike >= ALIKE


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())
