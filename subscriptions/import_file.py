"""A file of people, read and checked row by row; nothing is written.

`import_sheet` makes rows of the file, `import_columns` knows what its columns are called.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from events.validators import TOPICS_MAX
from ivent_site.csv_cells import cell_plain
from ivent_site.zones import zone_names
from subscriptions.addresses import AddressError, AddressHintError, address_clean, address_key
from subscriptions.enums import Frequency, ImportKind, StopCause, SubscriptionStatus
from subscriptions.import_columns import Field, fields_guess, may_be_mailed
from subscriptions.import_sheet import FileError, Line, Sheet, sheet_open, too_many_rows

PROBLEMS_MAX: Final = 100
# Of a value that is wrong, as many characters are shown.
VALUE_MAX: Final = 80
NAME_MAX: Final = 100
# The columns of Ivent's own export, in their order.
EXPORT_HEADING: Final = (
    "email",
    "name",
    "status",
    "topics",
    "language",
    "timezone",
    "frequency",
    "created_at",
    "confirmed_at",
    "consent_source",
    "consent_date",
    "stopped_at",
    "stopped_reason",
    "stopped_cause",
)
_SEPARATORS: Final = re.compile(r"[,;|]")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NEXT_LINE_ADDRESS: Final = re.compile(r"[\r\n][^\r\n]*@")
# What the columns of an export are read as, as far as other files have such columns.
_FIELDS: Final = {
    "email": Field.EMAIL,
    "name": Field.NAME,
    "topics": Field.TOPICS,
    "language": Field.LOCALE,
    "timezone": Field.TIMEZONE,
    "frequency": Field.FREQUENCY,
}
# The others, which only a restore reads.
_RECORD: Final = ("status", *EXPORT_HEADING[7:])


class ImportedPerson(NamedTuple):
    """A row that can be imported."""

    email: str
    topics: list[str]
    locale: str
    timezone: str
    # Parts of files that were checked before there were these have none.
    frequency: str = Frequency.AT_ONCE.value
    name: str = ""
    # What an export of Ivent says besides: `_RECORD`, for a restore.
    record: Mapping[str, str] = {}


class RowProblem(NamedTuple):
    """What is wrong with a row, and the value that is; `line` counts the file's first as 1."""

    line: int
    column: str
    message: str
    value: str = ""


@dataclass
class Checked:
    """A file as it was understood. `problems` are the first of them, `wrong` is how many rows."""

    people: list[ImportedPerson] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    wrong: int = 0
    # Of each message, for how many rows it is the first.
    reasons: Counter[str] = field(default_factory=Counter)
    # The heading, each with what it was read as.
    columns: list[tuple[str, Field]] = field(default_factory=list)
    # What to know about how it was read.
    notes: list[str] = field(default_factory=list)
    # Topics of a restored export that do not exist here.
    missing_topics: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How to read a file: the columns in their order, the languages and topics there are."""

    locales: Collection[str]
    default_locale: str
    # By what a file may call them, in lower case: slugs and names.
    topics: Mapping[str, str]
    # None: as their names tell.
    fields: Sequence[Field] | None = None
    kind: ImportKind = ImportKind.PEOPLE
    # A key of import_sheet.ENCODINGS; "" to find it.
    encoding: str = ""


def file_check(content: bytes, reading: Reading) -> Checked:
    """Every row of the file, as a person or as a problem; FileError if it cannot be read whole."""
    restore = reading.kind is ImportKind.RESTORE
    sheet = sheet_open(content, encoding=reading.encoding, exact=restore)
    check = _RestoreCheck(sheet, reading) if restore else _Check(sheet, reading)
    for line in sheet.rows:
        if not any(cell.strip() for cell in line.cells):
            continue
        if len(check.found.people) + check.found.wrong == sheet.rows_max:
            raise too_many_rows(sheet.rows_max)
        check.row(line)
    check.found.notes = [*sheet.notes, *_missing(check.found.missing_topics)]
    return check.found


def _missing(topics: Collection[str]) -> list[str]:
    names = ", ".join(sorted(topics))[:500]
    text = _("These topics do not exist here. Add them, or they choose nothing: %(topics)s.")
    return [text % {"topics": names}] if topics else []


class _Check:
    """The rows of one file, and what was found in them so far."""

    def __init__(self, sheet: Sheet, reading: Reading) -> None:
        self.reading = reading
        self.heading = sheet.heading
        self.found = Checked()
        self._seen = set[str]()
        self._languages = _languages(reading.locales)
        self._zones = zone_names()
        self.fields = self._fields()
        self.found.columns = list(zip(self.heading, self.fields, strict=True))
        self._places = {name: place for place, name in enumerate(self.fields) if name}
        self._states = [
            (place, name)
            for place, name in enumerate(self.fields)
            if name in (Field.STATUS, Field.OPTED_IN, Field.OPTED_OUT)
        ]

    def row(self, line: Line) -> None:
        """Take the row in, as a person or as a problem."""
        cells = line.cells + [""] * (len(self.heading) - len(line.cells))
        person, problems = self._read(line.number, cells)
        if not problems and person is not None:
            self.found.people.append(person)
            self._seen.add(address_key(person.email))
            return
        self.found.wrong += 1
        self.found.reasons[problems[0].message] += 1
        self.found.problems += problems[: PROBLEMS_MAX - len(self.found.problems)]

    def _fields(self) -> list[Field]:
        fields = list(self.reading.fields or fields_guess(self.heading))
        if len(fields) != len(self.heading) or Field.EMAIL not in fields:
            raise FileError(
                _("No column is read as the e-mail address. The first line has: %(columns)s.")
                % {"columns": ", ".join(self.heading)[:500] or "-"}
            )
        if self.reading.kind is ImportKind.DO_NOT_MAIL:
            fields = [each if each is Field.EMAIL else Field.NOTHING for each in fields]
        return fields

    def _read(
        self, number: int, cells: list[str]
    ) -> tuple[ImportedPerson | None, list[RowProblem]]:
        problems = list(self._shape(number, cells))
        if problems:
            return None, problems
        problems = [
            RowProblem(number, self.heading[place], message, value[:VALUE_MAX])
            for place, message, value in self._problems(cells)
        ]
        return (None if problems else self._person(cells)), problems

    def _shape(self, number: int, cells: list[str]) -> Iterator[RowProblem]:
        """A row that does not fit the heading: what is in which column cannot be known."""
        extra = [cell for cell in cells[len(self.heading) :] if cell.strip()]
        if extra:
            message = _("The row has more cells than the first line. Is a quotation mark missing?")
            yield RowProblem(number, "", message, extra[0][:VALUE_MAX])
        for name, cell in zip(self.heading, cells, strict=False):
            if "@" in cell and _NEXT_LINE_ADDRESS.search(cell):
                message = _(
                    "A quotation mark opens here and closes some lines below, so addresses in"
                    " between are part of this cell. Correct the quotation marks."
                )
                yield RowProblem(number, name, message, cell[:VALUE_MAX])

    def _cell(self, cells: list[str], name: Field) -> str:
        place = self._places.get(name)
        return cell_plain(cells[place].strip()) if place is not None else ""

    def _problems(self, cells: list[str]) -> Iterator[tuple[int, str, str]]:
        """What is wrong: the column, the message, and the value."""
        for name, message in self._wrong(cells):
            yield self._places[name], message, self._cell(cells, name)
        for place, name in self._states:
            value = cell_plain(cells[place].strip())
            answer = may_be_mailed(name, value)
            if answer is None:
                yield place, _("This status is unknown, so the row is left out."), value
            elif not answer:
                yield place, _("By this status they get no e-mail."), value

    def _wrong(self, cells: list[str]) -> Iterator[tuple[Field, str]]:
        email = self._cell(cells, Field.EMAIL)
        try:
            address_clean(email)
        except AddressHintError as err:
            # Reasons are kept longer than the rows.
            yield Field.EMAIL, err.without_address
        except AddressError:
            message = _("This is no e-mail address.") if email else _("There is no e-mail address.")
            yield Field.EMAIL, message
        else:
            if address_key(address_clean(email)) in self._seen:
                yield Field.EMAIL, _("The address is in a line above, too.")
        locale = self._cell(cells, Field.LOCALE)
        if locale and not self._locale(locale):
            yield Field.LOCALE, _one_of(self.reading.locales)
        zone = self._cell(cells, Field.TIMEZONE)
        if zone and zone not in self._zones:
            yield Field.TIMEZONE, _("There is no such time zone.")
        frequency = self._cell(cells, Field.FREQUENCY)
        if frequency and frequency.lower() not in list(Frequency):
            yield Field.FREQUENCY, _one_of(Frequency)
        topics = self._topics(cells)
        if any(not self._topic(topic) for topic in topics):
            yield Field.TOPICS, _("There is no such topic.")
        elif len(topics) > TOPICS_MAX:
            yield Field.TOPICS, _("At most %(number)s topics.") % {"number": TOPICS_MAX}

    def _person(self, cells: list[str]) -> ImportedPerson:
        topics = dict.fromkeys(self._topic(topic) for topic in self._topics(cells))
        return ImportedPerson(
            email=address_clean(self._cell(cells, Field.EMAIL)),
            topics=list(topics),
            locale=self._locale(self._cell(cells, Field.LOCALE)) or self.reading.default_locale,
            timezone=self._cell(cells, Field.TIMEZONE),
            frequency=self._cell(cells, Field.FREQUENCY).lower() or Frequency.AT_ONCE.value,
            name=self._name(cells),
        )

    def _topics(self, cells: list[str]) -> list[str]:
        # Mailchimp puts each of several tags in quotation marks.
        parts = _SEPARATORS.split(self._cell(cells, Field.TOPICS))
        return [topic for part in parts if (topic := part.strip(' "'))]

    def _topic(self, text: str) -> str:
        return self.reading.topics.get(text.casefold(), "")

    def _locale(self, text: str) -> str:
        """The language as it is called here: en-US, de_DE.UTF-8 and German are known, too."""
        plain = text.strip().casefold().replace("_", "-").partition(".")[0]
        while plain and plain not in self._languages:
            plain = plain.rpartition("-")[0]
        return self._languages.get(plain, "")

    def _name(self, cells: list[str]) -> str:
        first, last = self._cell(cells, Field.FIRST_NAME), self._cell(cells, Field.LAST_NAME)
        full = self._cell(cells, Field.NAME)
        # MailerLite's "Name" is the first name, with the last one in a column of its own.
        whole = full if full.endswith(last) else f"{first or full} {last}"
        return " ".join((whole or first).split())[:NAME_MAX]


class _RestoreCheck(_Check):
    """The rows of an export of Ivent: every column is read, whatever the status is."""

    def _fields(self) -> list[Field]:
        if tuple(self.heading) != EXPORT_HEADING:
            raise FileError(
                _("This is no export of Ivent. Its first line would be: %(columns)s.")
                % {"columns": ",".join(EXPORT_HEADING)}
            )
        return [Field(_FIELDS.get(name, "")) for name in self.heading]

    def _shape(self, number: int, cells: list[str]) -> Iterator[RowProblem]:
        if len(cells) != len(self.heading):
            yield RowProblem(number, "", _("The row does not have the columns of an export."))

    def _problems(self, cells: list[str]) -> Iterator[tuple[int, str, str]]:
        for name, message in self._wrong(cells):
            yield self._places[name], message, self._cell(cells, name)
        record = self._record(cells)
        for column in ("created_at", "confirmed_at", "stopped_at"):
            if not _is_moment(record[column]) and (record[column] or column == "created_at"):
                yield EXPORT_HEADING.index(column), _("This is no date."), record[column]
        if record["status"] not in list(SubscriptionStatus):
            place = EXPORT_HEADING.index("status")
            yield place, _one_of(SubscriptionStatus), record["status"]
        if record["stopped_cause"] and record["stopped_cause"] not in list(StopCause):
            place = EXPORT_HEADING.index("stopped_cause")
            yield place, _one_of(StopCause), record["stopped_cause"]

    def _record(self, cells: list[str]) -> dict[str, str]:
        return {name: cell_plain(cells[EXPORT_HEADING.index(name)]) for name in _RECORD}

    def _topic(self, text: str) -> str:
        known = super()._topic(text)
        if not known and _SLUG.fullmatch(text):
            self.found.missing_topics.add(text)
            return text
        return known

    def _name(self, cells: list[str]) -> str:
        return cell_plain(cells[EXPORT_HEADING.index("name")])

    def _person(self, cells: list[str]) -> ImportedPerson:
        return super()._person(cells)._replace(record=self._record(cells))


def _languages(locales: Collection[str]) -> dict[str, str]:
    """What files call the languages, with what they are called here: codes and names."""
    names = {
        str(LANG_INFO[code][key]).casefold(): code
        for code in locales
        if code in LANG_INFO
        for key in ("name", "name_local")
        if key in LANG_INFO[code]
    }
    return names | {code: code for code in locales}


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _one_of(choices: Iterable[str]) -> str:
    return _("Use one of: %(choices)s.") % {"choices": ", ".join(choices)}
