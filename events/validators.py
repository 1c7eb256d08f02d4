"""The rules for an event's content, shared by the admin's form and the API.

Pure: nothing is read or written. Each rule gives problems that name the field.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from events.data import EventData
from events.errors import InvalidEventError, Problem
from events.wall_clock import EventTimes
from ivent_site.colours import is_colour
from ivent_site.zones import zone_names

TITLE_CHARS = 200
DESCRIPTION_CHARS = 20_000
LOCATION_CHARS = 300
URL_CHARS = 2_000
TIMEZONE_CHARS = 64
TOPIC_CHARS = 64
TOPIC_COLOUR = "#4338ca"
TOPICS_MAX = 20
NOTE_CHARS = 2_000
# How far ahead a publication can be scheduled.
SCHEDULE_MAX = timedelta(days=366)
FIRST_YEAR, LAST_YEAR = 1970, 2200

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SLUG_PATTERN = "[a-z0-9]+(?:-[a-z0-9]+)*"
_SLUG = re.compile(SLUG_PATTERN)
_LINE_BREAKS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
# Mail headers hold no tabs, and mail programs drop a byte order mark in a subject.
_INVISIBLE = frozenset("\t\ufeff")
_http_url = URLValidator(schemes=["http", "https"])


def event_validate(
    data: EventData,
    *,
    known_topics: Collection[str] | None = None,
    kept_timezone: str | None = None,
) -> None:
    """Raise InvalidEventError with every problem.

    None for `known_topics` trusts the topics. An event keeps `kept_timezone`, though later rules
    may not know it.
    """
    problems = event_problems(data, known_topics=known_topics, kept_timezone=kept_timezone)
    if found := list(problems):
        raise InvalidEventError(found)


def event_problems(
    data: EventData,
    *,
    known_topics: Collection[str] | None = None,
    kept_timezone: str | None = None,
) -> Iterator[Problem]:
    """What is wrong with the content, field by field."""
    yield from title_problems(data.title)
    yield from text_problems("description", data.description, limit=DESCRIPTION_CHARS)
    yield from line_problems("location", data.location, limit=LOCATION_CHARS)
    yield from url_problems(data.url)
    if data.timezone != kept_timezone:
        yield from timezone_problems(data.timezone)
    yield from span_problems(data)
    yield from topics_problems(data.topics, known_topics)


def title_problems(title: str) -> Iterator[Problem]:
    """A title is one visible line that no mail program decodes into a header."""
    problem = next(line_problems("title", title, limit=TITLE_CHARS), None)
    if problem:
        yield problem
    elif not any(unicodedata.category(char)[0] not in "ZC" for char in title):
        yield Problem("title", "blank", _("Give the event a title."))
    elif invisible := _INVISIBLE.intersection(title):
        message = _("The invisible character %(code)s is not allowed here: delete it.")
        code = f"U+{ord(min(invisible)):04X}"
        yield Problem("title", "invisible_character", message % {"code": code})
    elif "=?" in title:
        yield Problem("title", "encoded_word", _("A title may not contain “=?”."))


def line_problems(field: str, text: str, *, limit: int) -> Iterator[Problem]:
    """One line of clean text."""
    if _LINE_BREAKS.intersection(text):
        yield Problem(field, "line_break", _("Line breaks are not allowed here."))
    else:
        yield from text_problems(field, text, limit=limit)


def text_problems(field: str, text: str, *, limit: int) -> Iterator[Problem]:
    """Clean text of at most `limit` characters; lines and tabs are welcome."""
    if len(text) > limit:
        message = _("At most %(limit)s characters; these are %(number)s.")
        yield Problem(field, "max_length", message % {"limit": limit, "number": len(text)})
    for char in text:
        if (problem := _character_problem(char)) is not None:
            yield Problem(field, *problem)
            return


def url_problems(url: str) -> Iterator[Problem]:
    """Empty, or a link to the web."""
    problem = next(line_problems("url", url, limit=URL_CHARS), None)
    if problem or not url:
        yield from [problem] if problem else []
        return
    try:
        _http_url(url)
    except ValidationError:
        yield Problem("url", "invalid", _("Give a full link that begins with http:// or https://."))


def timezone_problems(timezone: str) -> Iterator[Problem]:
    """An IANA zone; older names count."""
    if timezone not in zone_names():
        yield Problem(
            "timezone", "unknown_timezone", _("Not a time zone: give one like Europe/Berlin.")
        )


def span_problems(times: EventTimes) -> Iterator[Problem]:
    """Sane years, and an end after the start."""
    is_sane = True
    for field, clock in (("starts_at", times.starts), ("ends_at", times.ends)):
        if clock and not FIRST_YEAR <= clock.local.year <= LAST_YEAR:
            message = _("The year must be from %(first)s to %(last)s.")
            yield Problem(field, "year", message % {"first": FIRST_YEAR, "last": LAST_YEAR})
            is_sane = False
    if times.ends and is_sane:
        # Days are compared as days: a day may be skipped where the date line moves.
        starts, ends = (
            (times.first_day, times.ends.day)
            if times.all_day
            else (times.starts_at, times.ends_at or times.starts_at)
        )
        if ends <= starts:
            yield Problem("ends_at", "end_before_start", _("The end must be after the start."))


def topics_problems(
    topics: Collection[str], known_topics: Collection[str] | None
) -> Iterator[Problem]:
    """Known topics, each once, not too many."""
    if len(topics) > TOPICS_MAX:
        message = _("At most %(number)s topics.") % {"number": TOPICS_MAX}
        yield Problem("topics", "max_length", message)
    elif len(set(topics)) < len(topics):
        yield Problem("topics", "duplicate", _("Name each topic once."))
    elif known_topics is not None:
        for topic in topics:
            if topic not in known_topics:
                message = _("There is no topic “%(topic)s”.") % {"topic": topic[:64]}
                yield Problem("topics", "unknown_topic", message)


def note_validate(note: str, *, announced: bool) -> None:
    """Raise InvalidEventError for what no announcement can carry along."""
    if not note:
        return
    problems = [*text_problems("note", note, limit=NOTE_CHARS)]
    if not announced:
        message = _("A note goes with an announcement, and nothing is announced by this.")
        problems.append(Problem("note", "not_announced", message))
    if problems:
        raise InvalidEventError(problems)


def message_validate(*, subject: str, text: str, token: str) -> None:
    """Raise InvalidEventError with every problem of a message to readers."""
    problems = [Problem("subject", each.code, each.message) for each in title_problems(subject)]
    problems += text_problems("text", text, limit=DESCRIPTION_CHARS)
    if not text.strip():
        problems.append(Problem("text", "blank", _("Write something.")))
    if not is_id(token):
        problems.append(Problem("token", "invalid", _("Open the form again.")))
    if problems:
        raise InvalidEventError(problems)


def publish_at_validate(at: datetime, *, now: datetime) -> None:
    """Raise InvalidEventError unless this is a moment to come, within a year."""
    if not now < at <= now + SCHEDULE_MAX:
        message = _("Give a time to come, within a year.")
        raise InvalidEventError([Problem("publish_at", "not_to_come", message)])


def topic_validate(*, slug: str, name: str, description: str, colour: str = TOPIC_COLOUR) -> None:
    """Raise InvalidEventError with every problem of a topic."""
    problems = [
        *line_problems("name", name, limit=TOPIC_CHARS),
        *line_problems("description", description, limit=LOCATION_CHARS),
    ]
    if not name.strip():
        problems.append(Problem("name", "blank", _("Give the topic a name.")))
    if not is_colour(colour):
        problems.append(Problem("colour", "invalid", _("Give a colour as #rrggbb.")))
    if not is_slug(slug):
        message = _("Use lower-case letters, digits and hyphens, at most %(number)s.")
        message %= {"number": TOPIC_CHARS}
        problems.append(Problem("slug", "invalid", message))
    if problems:
        raise InvalidEventError(problems)


def _character_problem(char: str) -> tuple[str, str] | None:
    if char in "\n\t":
        return None
    category = unicodedata.category(char)
    if category == "Cs":
        return "surrogate", _(
            "This is not valid text: it holds half a character (a lone surrogate)."
        )
    if category == "Cc":
        message = _("Control characters (%(code)s) are not allowed.")
        return "control_character", message % {"code": f"U+{ord(char):04X}"}
    return None


def is_slug(text: str) -> bool:
    """Whether this could be the slug of a topic."""
    return len(text) <= TOPIC_CHARS and _SLUG.fullmatch(text) is not None


def is_id(text: str) -> bool:
    """Whether this could be the identifier of an event."""
    return _ID.fullmatch(text) is not None


def with_unix_lines(text: str) -> str:
    """The text with its lines ended by line feeds alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def without_unsafe(text: str) -> str:
    """The text without the characters that the rules refuse; for what is already stored."""
    return "".join(char for char in text if _character_problem(char) is None)
