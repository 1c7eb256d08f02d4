"""The rows of a file, whatever program wrote it: CSV in its many forms, or an Excel workbook.

Nothing here knows what a subscriber is. A file that cannot be read whole is refused with the line
where it breaks, for a parser that goes on from there loses rows without a word.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from subscriptions.import_columns import has_address

# API Gateway hands a function 6 MB at most, and a file grows by a third on its way
# (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
BYTES_MAX: Final = 4 * 1024 * 1024
# API Gateway waits 29 seconds; short rows of 4 MB would take a small function longer.
ROWS_MAX: Final = 200_000
# An Excel row costs some ten times as much to read as a line of text.
EXCEL_ROWS_MAX: Final = 40_000
# A workbook is a ZIP file, which may unpack to a thousand times its size.
UNPACKED_MAX: Final = 64 * 1024 * 1024
COLUMNS_MAX: Final = 300
ENCODINGS: Final = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "mac_roman": "Mac Roman",
}
_DELIMITERS: Final = ",;\t|"
# Excel's own hint, which it takes for no row: https://superuser.com/questions/773644
_SEP_LINE: Final = re.compile(r'\A[ \t]*"?sep=(.)"?[,;\t ]*(?:\r\n|\n|\r)', re.IGNORECASE)
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK\x03\x04"


class FileError(ValueError):
    """The file as a whole cannot be read; the message is for whoever chose it."""


class EmptyError(FileError):
    """There is nothing in the file, or on the sheet."""


class Line(NamedTuple):
    """A row, and the line of the file (or the row of the sheet) where it begins."""

    number: int
    cells: list[str]


@dataclass(kw_only=True)
class Sheet:
    """A file's heading and the rows below it, which can be read once."""

    heading: list[str]
    rows: Iterator[Line]
    rows_max: int = ROWS_MAX
    # How the text was decoded, a key of ENCODINGS; "" for a workbook.
    encoding: str = ""
    # What a person should know about how it was read.
    notes: list[str] = field(default_factory=list)


def sheet_open(content: bytes, *, encoding: str = "", exact: bool = False) -> Sheet:
    """The file's rows. FileError now, or while they are read, if it is damaged.

    `encoding` is a key of ENCODINGS, or "" to find it. `exact` keeps the blanks before cells, as
    in a file of Ivent's own.
    """
    if len(content) > BYTES_MAX:
        raise FileError(too_large())
    if content.startswith(_OLD_EXCEL):
        raise FileError(
            _("This is an old or password-protected Excel file: save it as .xlsx or “CSV UTF-8”.")
        )
    if content.startswith(_ZIP):
        return _workbook(content)
    text, used = _decoded(content, encoding)
    notes = []
    if used not in ("utf-8-sig", "utf-16") and not text.isascii():
        notes.append(
            _("The file is not in UTF-8. It was read as %(encoding)s: check accents and umlauts.")
            % {"encoding": ENCODINGS[used]}
        )
    hint = _SEP_LINE.match(text)
    # The hint's line counts, so that line numbers are those of an editor.
    body = text[hint.end() :] if hint else text
    delimiter = hint[1] if hint else _delimiter(body)
    lines = _csv_lines(body, delimiter, first=2 if hint else 1, exact=exact)
    return Sheet(heading=_heading(lines), rows=lines, encoding=used, notes=notes)


def too_large() -> str:
    """What to say of a file that has too many bytes."""
    megabytes = BYTES_MAX // 1024 // 1024
    return _("The file has more than %(size)s MB: split it.") % {"size": megabytes}


def too_many_rows(rows_max: int) -> FileError:
    """What to say of a file that has more rows than that."""
    return FileError(
        _("The file has more than %(number)s rows: split it.") % {"number": number_format(rows_max)}
    )


def _heading(lines: Iterator[Line]) -> list[str]:
    """The first row that has anything in it."""
    for line in lines:
        if any(cell.strip() for cell in line.cells):
            if len(line.cells) > COLUMNS_MAX:
                raise FileError(
                    _("The file has more than %(number)s columns.") % {"number": COLUMNS_MAX}
                )
            return [cell.strip() for cell in line.cells]
    raise EmptyError(_("The file is empty."))


# --- Text -------------------------------------------------------------------------------------


def _decoded(content: bytes, encoding: str) -> tuple[str, str]:
    used = _encoding(content)
    # UTF-16 comes in two orders, which the content tells.
    if not used.startswith(encoding):
        used = encoding
    try:
        text = content.decode(used)
    except UnicodeDecodeError as err:
        raise FileError(
            _("This is no text in %(encoding)s: save the file as “CSV UTF-8”.")
            % {"encoding": ENCODINGS.get(encoding, "UTF-8")}
        ) from err
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FileError(
            _("Line %(line)s has a NUL byte, which no text has: save the file as “CSV UTF-8”.")
            % {"line": line}
        )
    return text.removeprefix("\ufeff"), {"utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(
        used, used
    )


def _encoding(content: bytes) -> str:
    start = content[:1000]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # Half of what people write in UTF-16 is NUL, on one side or the other.
    if len(start) > 1 and start[1::2].count(0) > len(start) / 4:
        return "utf-16-le"
    if len(start) > 1 and start[::2].count(0) > len(start) / 4:
        return "utf-16-be"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _single_byte(content)
    return "utf-8-sig"


# Accented letters are in Windows-1252 where Mac Roman has rare signs, and the other way round.
# Where either has quotation marks and dashes counts for neither.
_WINDOWS_LETTERS: Final = bytes([*range(0xC0, 0xD0), *range(0xD6, 0x100)])
_MAC_LETTERS: Final = bytes([*range(0x80, 0x91), *range(0x98, 0xA0)])


def _single_byte(content: bytes) -> str:
    """Windows-1252, unless more of it would be letters in Mac Roman."""
    windows, mac = (
        len(content) - len(content.translate(None, letters))
        for letters in (_WINDOWS_LETTERS, _MAC_LETTERS)
    )
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return "mac_roman"
    return "mac_roman" if mac > windows else "cp1252"


def _inner(cell: str) -> str:
    return cell.strip(_DELIMITERS + " ")


def _delimiter(text: str) -> str:
    """What makes a heading of the first row: one with an address, or the one of most columns."""

    def worth(delimiter: str) -> tuple[bool, int]:
        reader = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=delimiter)
        try:
            heading = next((row for row in reader if any(map(_inner, row))), [])
        except csv.Error:
            heading = []
        return has_address(heading), len(heading)

    return max(_DELIMITERS, key=worth)


def _csv_lines(text: str, delimiter: str, *, first: int, exact: bool) -> Iterator[Line]:
    # Not strict, the reader takes everything behind a quotation mark that is never closed for
    # one cell, and says nothing.
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        strict=True,
        skipinitialspace=not exact,
    )
    begun = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as err:
            opened = first + _quote_opened(text, begun, delimiter)
            raise FileError(
                _(
                    "The quotation mark that opens on line %(line)s is not closed, or is closed in"
                    " the middle of a cell. Nothing of the file was imported: correct the line."
                )
                % {"line": number_format(opened)}
            ) from err
        yield Line(first + begun, cells)
        begun = reader.line_num


def _quote_opened(text: str, begun: int, delimiter: str) -> int:
    """The line of the quotation mark that breaks the record which begins at line `begun`."""
    opened, at = begun, "start"
    for number, line in enumerate(islice(io.StringIO(text, newline=""), begun, None), begun):
        for character in line:
            if character == '"' and at != "plain":
                opened = number if at == "start" else opened
                at = "closed" if at == "quoted" else "quoted"
            elif at == "quoted" or (at == "start" and character == " "):
                continue
            elif character in delimiter + "\r\n":
                at = "start"
            elif at == "closed":
                return opened
            else:
                at = "plain"
    return opened


# --- Workbooks --------------------------------------------------------------------------------


def _workbook(content: bytes) -> Sheet:
    # Only whoever brings a workbook waits for the library to load.
    from openpyxl import DEFUSEDXML, load_workbook

    if not DEFUSEDXML:
        raise RuntimeError("openpyxl reads XML without defusedxml: install it.")
    try:
        _check_unpacked(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        return _first_sheet(book.worksheets)
    except FileError:
        raise
    except Exception as err:
        raise FileError(_broken_workbook()) from err


def _check_unpacked(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # What zipfile reads of a member is never more than this.
        if sum(member.file_size for member in archive.infolist()) > UNPACKED_MAX:
            raise FileError(_("The workbook is too large when it is unpacked: split it."))


def _broken_workbook() -> str:
    return _("This workbook cannot be read: save it as .xlsx or “CSV UTF-8” again.")


def _first_sheet(sheets: list[Any]) -> Sheet:
    """The first sheet that is shown and has anything on it; a note if there are others."""
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
    for sheet in shown:
        # What a file says of its own size may be wrong, and would cut rows off.
        sheet.reset_dimensions()
        try:
            heading = _heading(_sheet_lines(sheet, None))
        except EmptyError:
            continue
        while not heading[-1]:
            heading.pop()
        rows = _sheet_lines(sheet, len(heading) + 1)
        _heading(rows)
        sheet_read = Sheet(heading=heading, rows=rows, rows_max=EXCEL_ROWS_MAX)
        if len(shown) > 1:
            sheet_read.notes.append(
                _("The workbook has %(number)s sheets. Only “%(name)s” is read.")
                % {"number": len(shown), "name": sheet.title}
            )
        return sheet_read
    raise EmptyError(_("The file is empty."))


def _sheet_lines(sheet: Any, columns: int | None) -> Iterator[Line]:
    rows = sheet.iter_rows(values_only=True, max_col=columns)
    # Rows that are not there count: a cell may claim to be in row 1,000,000,000.
    for number in range(1, 2 * ROWS_MAX):
        try:
            values = next(rows, None)
        except Exception as err:
            raise FileError(_broken_workbook()) from err
        if values is None:
            return
        yield Line(number, [_cell_text(value) for value in values])
    raise too_many_rows(EXCEL_ROWS_MAX)


_TEXTS: Final[dict[type, Callable[[Any], str]]] = {
    type(None): lambda _none: "",
    str: str,
    bool: lambda value: "true" if value else "false",
    float: lambda value: str(int(value)) if value.is_integer() else str(value),
    datetime: datetime.isoformat,
    date: date.isoformat,
}


def _cell_text(value: Any) -> str:
    return _TEXTS.get(type(value), str)(value)
