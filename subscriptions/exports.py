"""All subscribers as CSV, part by part: no part, and nobody who strings them together, holds all.

Lambda passes on 6 MB (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html) and
API Gateway waits 29 seconds, so a million rows cannot be one reply. A part stays under both: it
ends after 10,000 rows, or before the bytes that are too many.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from django.core import signing

from ivent_site.csv_cells import cell_safe
from subscriptions.enums import SubscriptionStatus
from subscriptions.import_file import EXPORT_HEADING
from subscriptions.selectors import subscriptions_page
from subscriptions.tables import SubscriptionRow

PART_ROWS: Final = 10_000
# As Lambda counts them: text in JSON, where a letter may take six. The rest is for the headers.
PART_BYTES: Final = 5_500_000
_PAGE: Final = 1000
_SALT: Final = "subscriptions.exports"


class ExportPart(NamedTuple):
    """Some rows as CSV, with the heading in the first part; `cursor` goes on, if anything does."""

    text: str
    rows: int
    cursor: str | None


def export_part(
    *, status: SubscriptionStatus | None, cursor: str | None = None, rows: int = PART_ROWS
) -> ExportPart:
    """The next rows, the newest first. ValueError for a cursor that is not of this export."""
    after = _opened(cursor, status) if cursor else None
    lines = [] if cursor else [_line(EXPORT_HEADING)]
    written = 0
    room = PART_BYTES
    while written < rows:
        page = subscriptions_page(status=status, limit=min(_PAGE, rows - written), after_key=after)
        for row in page.rows:
            line = _line(_cells(row))
            room -= len(json.dumps(line))
            if room < 0:
                return ExportPart("".join(lines), written, _sealed(after, status))
            lines.append(line)
            written += 1
            after = row.created_key
        after = page.next_key
        if after is None:
            return ExportPart("".join(lines), written, None)
    return ExportPart("".join(lines), written, _sealed(after, status))


def export_parts(*, status: SubscriptionStatus | None) -> Iterator[str]:
    """Every part's text, one at a time."""
    cursor = None
    while True:
        part = export_part(status=status, cursor=cursor)
        yield part.text
        cursor = part.cursor
        if cursor is None:
            return


class _Echo:
    """Where csv writes a line to, which is then what its writer returns."""

    def write(self, line: str) -> str:
        return line


_WRITER: Final[Any] = csv.writer(_Echo())


def _line(cells: Iterable[str]) -> str:
    line: str = _WRITER.writerow(cells)
    return line


def _cells(row: SubscriptionRow) -> list[str]:
    consent = row.consent or {}
    stopped = row.suppression or {}
    cells = (
        row.email,
        row.name,
        str(row.status),
        "|".join(row.topics),
        row.locale,
        row.timezone,
        str(row.frequency),
        row.created_at.isoformat(),
        row.confirmed_at.isoformat() if row.confirmed_at else "",
        str(consent.get("source", "")),
        # When they agreed: the day that the staff declared, or the moment of the confirmation.
        str(consent.get("date") or consent.get("at", "")),
        str(stopped.get("at", "")),
        str(stopped.get("reason", "")),
        # Whether SES's feedback did, so that a restored subscription can come off SES's list.
        str(stopped.get("cause", "")),
    )
    return [cell_safe(cell) for cell in cells]


def _sealed(after: str | None, status: SubscriptionStatus | None) -> str:
    return signing.dumps([status, after], salt=_SALT)


def _opened(cursor: str, status: SubscriptionStatus | None) -> str:
    try:
        of, after = signing.loads(cursor, salt=_SALT)
    except signing.BadSignature as err:
        raise ValueError("No such cursor.") from err
    if of != status:
        raise ValueError("The cursor is of another export.")
    return str(after)
