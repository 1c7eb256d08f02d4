"""Makes files as other programs do: text, and workbooks."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook


def workbook(*sheets: Sequence[Sequence[Any]], titles: Sequence[str] = ()) -> bytes:
    """An .xlsx file with these sheets, each a list of rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(titles[number] if titles else f"Sheet{number + 1}")
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, changes: Mapping[str, Any]) -> bytes:
    """The workbook with some of its members rewritten, each by a function of its text."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, changes[name](text) if name in changes else text)
    return out.getvalue()
