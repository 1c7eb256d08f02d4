"""Exports hold one part, and no spreadsheet runs what is in them."""

import csv
import io
import json
import tracemalloc

import pytest
from django.core.management import call_command

from subscriptions.enums import SubscriptionStatus
from subscriptions.exports import export_part, export_parts
from subscriptions.import_file import EXPORT_HEADING
from subscriptions.selectors import SubscriptionsPage
from subscriptions.tables import SubscriptionRow
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import make_confirmed, make_pending

pytestmark = pytest.mark.usefixtures("aws")


def read(text):
    return list(csv.reader(io.StringIO(text)))


def test_every_subscriber_is_in_exactly_one_part():
    emails = [make_confirmed(f"reader{number}@example.com").email for number in range(7)]
    make_pending("=cmd@example.com", topics=["a", "b"], frequency="weekly", name="=Ana")
    parts, cursor = [], None
    while True:
        with dynamodb_calls() as calls:
            part = export_part(status=None, cursor=cursor, rows=3)
        assert calls == {"Query": 1}
        parts.append(part)
        cursor = part.cursor
        if cursor is None:
            break
    assert [part.rows for part in parts] == [3, 3, 2]
    rows = read("".join(part.text for part in parts))
    assert tuple(rows[0]) == EXPORT_HEADING
    assert [row[0] for row in rows[1:]] == ["'=cmd@example.com", *reversed(emails)]
    assert rows[1][1:7] == ["'=Ana", "pending", "a|b", "en", "", "weekly"]


def test_one_status_alone_and_no_foreign_cursor():
    confirmed = [make_confirmed() for _ in range(2)]
    make_pending()
    part = export_part(status=SubscriptionStatus.CONFIRMED, rows=1)
    assert part.cursor is not None
    with pytest.raises(ValueError, match="another export"):
        export_part(status=None, cursor=part.cursor)
    with pytest.raises(ValueError, match="No such cursor"):
        export_part(status=None, cursor="x")
    rest = export_part(status=SubscriptionStatus.CONFIRMED, cursor=part.cursor)
    assert [row[0] for row in read(part.text + rest.text)[1:]] == [
        confirmed[1].email,
        confirmed[0].email,
    ]


def test_memory_does_not_grow_with_the_number_of_rows(monkeypatch):
    def page(*, status, limit, after_key=None):
        first = int(after_key or 0)
        rows = [row] * limit
        last = first + limit
        return SubscriptionsPage(rows, str(last) if last < total else None)

    row = make_confirmed("ada@example.com")
    assert isinstance(row, SubscriptionRow)
    monkeypatch.setattr("subscriptions.exports.subscriptions_page", page)
    monkeypatch.setattr("subscriptions.exports._PAGE", 500)
    peaks = []
    # Two parts, and ten.
    for total in (20_000, 100_000):
        tracemalloc.start()
        try:
            written = sum(text.count("\n") for text in export_parts(status=None))
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        assert written == total + 1
    assert peaks[1] < peaks[0] * 1.2


def test_the_command_writes_them_all(capsys):
    make_confirmed("ada@example.com")
    make_pending("bob@example.com")
    call_command("export_subscribers")
    assert [row[0] for row in read(capsys.readouterr().out)] == [
        "email",
        "bob@example.com",
        "ada@example.com",
    ]
    call_command("export_subscribers", status="confirmed")
    assert [row[0] for row in read(capsys.readouterr().out)][1:] == ["ada@example.com"]
    assert len(list(export_parts(status=SubscriptionStatus.LEFT))) == 1


def test_a_part_ends_before_the_bytes_that_lambda_would_refuse(monkeypatch):
    emails = [make_confirmed(f"reader{number}@example.com").email for number in range(5)]
    line = export_part(status=None).text.splitlines(keepends=True)[1]
    monkeypatch.setattr("subscriptions.exports.PART_BYTES", 2 * len(json.dumps(line)))
    parts, cursor = [], None
    while True:
        part = export_part(status=None, cursor=cursor)
        parts.append(part)
        cursor = part.cursor
        if cursor is None:
            break
    assert [part.rows for part in parts] == [2, 2, 1]
    rows = read("".join(part.text for part in parts))
    assert [row[0] for row in rows[1:]] == emails[::-1]
