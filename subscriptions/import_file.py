"""A CSV file of people, read and checked row by row; nothing is written.

The columns are found by their names, or by those that are given. A file with more than
`BYTES_MAX` cannot be received: API Gateway hands a function 6 MB at most, and a file grows by
a third on its way (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from events.validators import TOPICS_MAX
from ivent_site.csv_cells import cell_plain
from ivent_site.zones import zone_names
from subscriptions.addresses import AddressError, address_clean, address_key
from subscriptions.enums import Frequency

BYTES_MAX: Final = 4 * 1024 * 1024
# API Gateway waits 29 seconds; short rows of 4 MB would take a small function longer.
ROWS_MAX: Final = 200_000
PROBLEMS_MAX: Final = 100
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("email", "e-mail", "mail", "address", "email address", "e-mail address"),
    "topics": ("topics", "topic", "tags"),
    "locale": ("language", "locale", "lang"),
    "timezone": ("timezone", "time zone", "tz"),
    "frequency": ("frequency", "how often"),
}
_SEPARATORS: Final = re.compile(r"[,;|]")


class FileError(ValueError):
    """The file as a whole cannot be read; the message is for whoever chose it."""


class Person(NamedTuple):
    """A row that can be imported."""

    email: str
    topics: list[str]
    locale: str
    timezone: str
    # Parts of files that were checked before there was a choice have none.
    frequency: str = Frequency.AT_ONCE.value


class RowProblem(NamedTuple):
    """What is wrong with a row; `line` counts the heading as the first."""

    line: int
    column: str
    message: str


@dataclass
class Checked:
    """A file as it was understood. `problems` are the first of them, `wrong` is how many rows."""

    people: list[Person] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    wrong: int = 0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How to read a file: the columns by name, the languages and topics there are."""

    columns: Mapping[str, str]
    locales: Collection[str]
    default_locale: str
    # By what a file may call them, in lower case: slugs and names.
    topics: Mapping[str, str]


def file_check(content: bytes, reading: Reading) -> Checked:
    """Every row of the file, as a person or as a problem; FileError if it is no such file."""
    rows = _rows(content)
    heading = [cell.strip() for cell in next(rows, (0, []))[1]]
    places = _places(heading, reading.columns)
    checked, seen = Checked(), set[str]()
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(checked.people) + checked.wrong == ROWS_MAX:
            raise FileError(
                _("The file has more than %(number)s rows: split it.")
                % {"number": number_format(ROWS_MAX)}
            )
        row = {name: _cell(cells, place) for name, place in places.items()}
        problems = list(_problems(row, reading, seen))
        if problems:
            checked.wrong += 1
            room = PROBLEMS_MAX - len(checked.problems)
            found = [RowProblem(line, heading[places[n]], text) for n, text in problems]
            checked.problems += found[:room]
        else:
            checked.people.append(_person(row, reading))
            seen.add(address_key(row["email"]))
    return checked


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if len(content) > BYTES_MAX:
        megabytes = BYTES_MAX // 1024 // 1024
        raise FileError(_("The file has more than %(size)s MB: split it.") % {"size": megabytes})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise FileError(_("This is no text in UTF-8: save the file as “CSV UTF-8”.")) from err
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as err:
        raise FileError(
            _("The file cannot be read on from line %(line)s.") % {"line": reader.line_num}
        ) from err


def _places(heading: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Where each field is; the address must be somewhere."""
    names = [name.casefold() for name in heading]
    places = {}
    for field_name, usual in NAMES.items():
        given = columns.get(field_name, "").strip().casefold()
        found = [name for name in ((given,) if given else usual) if name in names]
        if found:
            places[field_name] = names.index(found[0])
        elif given or field_name == "email":
            raise FileError(
                _("There is no column “%(name)s” in the first line, which has: %(columns)s.")
                % {"name": given or usual[0], "columns": ", ".join(heading) or "-"}
            )
    return places


def _cell(cells: list[str], place: int) -> str:
    return cell_plain(cells[place].strip()) if place < len(cells) else ""


def _problems(
    row: Mapping[str, str], reading: Reading, seen: Collection[str]
) -> Iterator[tuple[str, str]]:
    try:
        address_clean(row["email"])
    except AddressError:
        yield "email", _("This is no e-mail address.")
    else:
        if address_key(row["email"]) in seen:
            yield "email", _("The address stands in a line above, too.")
    if row.get("locale", "") and row["locale"].lower() not in reading.locales:
        yield "locale", _one_of(reading.locales)
    if row.get("timezone", "") and row["timezone"] not in zone_names():
        yield "timezone", _("There is no such time zone.")
    if row.get("frequency", "") and row["frequency"].lower() not in list(Frequency):
        yield "frequency", _one_of(Frequency)
    topics = _topics(row)
    unknown = [topic for topic in topics if topic.casefold() not in reading.topics]
    if unknown:
        yield "topics", _("There is no topic “%(topic)s”.") % {"topic": unknown[0][:64]}
    elif len(topics) > TOPICS_MAX:
        yield "topics", _("At most %(number)s topics.") % {"number": TOPICS_MAX}


def _one_of(choices: Iterable[str]) -> str:
    return _("Use one of: %(choices)s.") % {"choices": ", ".join(choices)}


def _topics(row: Mapping[str, str]) -> list[str]:
    parts = _SEPARATORS.split(row.get("topics", ""))
    return [topic for part in parts if (topic := part.strip())]


def _person(row: Mapping[str, str], reading: Reading) -> Person:
    return Person(
        email=address_clean(row["email"]),
        topics=list(dict.fromkeys(reading.topics[topic.casefold()] for topic in _topics(row))),
        locale=row.get("locale", "").lower() or reading.default_locale,
        timezone=row.get("timezone", ""),
        frequency=row.get("frequency", "").lower() or Frequency.AT_ONCE.value,
    )
