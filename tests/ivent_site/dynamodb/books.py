"""Makes books for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.ivent_site.dynamodb.library import Book, BookRow

START = datetime(2026, 1, 1, tzinfo=UTC)


def book_values(number: int, **values: Any) -> dict[str, Any]:
    """The values of a live book; its number decides its place in time."""
    return {
        "id": f"b{number:04}",
        "title": f"title {number}",
        "status": "live",
        "starts_at": START + timedelta(days=number),
        **values,
    }


def make_books(*numbers: int, **values: Any) -> list[Book]:
    """Books that are in the table."""
    rows = [BookRow(**{"tags": [], **book_values(number, **values)}) for number in numbers]
    for row in rows:
        row.set_index_keys()
    with BookRow.batch_write() as batch:
        for row in rows:
            batch.save(row)
    return [Book(**book_values(number, **values)) for number in numbers]
