"""What querysets read and write, and what that costs."""

# ruff: noqa: PT012 - it is a whole block that raises

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import FieldError
from django.db import (
    DataError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import Count, F, Max, Min, Q, Sum
from pynamodb.connection import Connection
from pynamodb.exceptions import VerboseClientError

from ivent_site.dynamodb import writes
from ivent_site.dynamodb.reader import CappedError
from ivent_site.dynamodb.selecting import allow_partial
from tests.dynamodb_calls import dynamodb_calls
from tests.ivent_site.dynamodb.books import START, book_values, make_books
from tests.ivent_site.dynamodb.library import Book, BookRow, Shelf, ShelfRow

pytestmark = pytest.mark.usefixtures("library")


def ids(queryset: Any) -> list[str]:
    return [book.pk for book in queryset]


@pytest.mark.parametrize(
    ("ask", "cost"),
    [
        (lambda q: q.get(pk="b0001"), {"GetItem": 1}),
        (lambda q: q.filter(pk="").first(), {}),
        (lambda q: list(q.filter(pk__in=["b0001", "b0002", "b0002"])), {"BatchGetItem": 1}),
        (lambda q: list(q.filter(pk__in=[])), {}),
        (lambda q: list(q.none()), {}),
        (lambda q: list(q.filter(status__in=[])), {}),
        (lambda q: q.in_bulk(["b0001", "none"]), {"BatchGetItem": 1}),
        (lambda q: list(q.filter(status="live")), {"Query": 1}),
        (lambda q: list(q.filter(status="live").order_by("-starts_at")[:2]), {"Query": 1}),
        (lambda q: list(q.filter(status__in=["live", "gone"])), {"Query": 2}),
        (lambda q: list(q.order_by("starts_at")[:2]), {"Query": 3}),
        (lambda q: list(q.filter(shelf_id="s1", status="live")), {"Query": 1}),
        (lambda q: list(q.filter(title__istartswith="TIT")), {"Query": 1}),
        (lambda q: list(q.filter(title__startswith="tit")), {"Query": 1}),
        (lambda q: list(q.filter(title="title 1")), {"Query": 1}),
        (lambda q: q.filter(status="live").count(), {"Query": 1}),
        (lambda q: q.filter(status="live", starts_at__year=2026).exists(), {"Query": 1}),
        (lambda q: q.filter(status="live").first(), {"Query": 1}),
        (lambda q: q.filter(status="live").aggregate(Max("starts_at")), {"Query": 1}),
        (lambda q: list(q.filter(status="live").datetimes("starts_at", "month")), {"Query": 1}),
        (lambda q: list(q.filter(pk="b0001").select_related("shelf")), {"GetItem": 1}),
        (
            lambda q: q.filter(status="live", starts_at__gt=START, starts_at__lt=START).count(),
            {},
        ),
    ],
)
def test_a_query_costs_what_its_path_costs(ask: Callable[[Any], Any], cost: dict[str, int]) -> None:
    make_books(1, 2, 3)
    with dynamodb_calls() as calls:
        ask(Book.objects.all())
    assert calls == cost


def test_related_rows_are_one_batch_however_many() -> None:
    for code in ("s1", "s2"):
        Shelf.objects.create(code=code, name=code)
    make_books(1, 2, shelf_id="s1")
    make_books(3, shelf_id="s2")
    make_books(4, shelf_id="missing")
    make_books(5)
    with dynamodb_calls() as calls:
        books = Book.objects.filter(status="live").select_related("shelf")
        found = [book.shelf and book.shelf.name for book in books.order_by("starts_at")]
    assert found == ["s1", "s1", "s2", None, None]
    assert calls == {"Query": 1, "BatchGetItem": 1}


def test_a_month_is_read_and_not_what_is_around_it() -> None:
    make_books(*range(90))
    with mock.patch.object(BookRow, "query", side_effect=BookRow.query) as query:
        books = Book.objects.filter(status="live", starts_at__year=2026, starts_at__month=2)
        assert len(books) == 28
    assert "BETWEEN" in str(query.call_args.args[1])


def test_a_json_list_is_asked_what_it_holds() -> None:
    make_books(1, tags=["a", "b"])
    make_books(2, tags=["b"])
    make_books(3)

    def found(wanted: Any) -> list[str]:
        return [book.pk for book in Book.objects.filter(status="live", tags__contains=wanted)]

    assert found(["b"]) == ["b0001", "b0002"]
    assert found(["b", "a"]) == found("a") == ["b0001"]
    assert found(["c"]) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda: list(Shelf.objects.union(Shelf.objects.all())),
        lambda: list(Book.objects.extra(where=["1=1"])),
        lambda: list(Book.objects.values("status").annotate(Count("pk"))),
        lambda: list(Book.objects.filter(title__regex="a")),
        lambda: list(Book.objects.filter(tags__contained_by=["a"])),
        lambda: list(Book.objects.filter(tags__k=1)),
        lambda: list(Book.objects.order_by("?")),
        lambda: list(Shelf.objects.filter(book__pages=1)),
        lambda: list(Book.objects.annotate(x=F("pages") / 2)),
        lambda: Book.objects.bulk_create([Book(**book_values(1))], ignore_conflicts=True),
        lambda: Book.objects.filter(pk="b").update(id="c"),
        lambda: Book.objects.raw("SELECT 1")[0],
        connection.cursor,
    ],
)
def test_what_is_not_served_is_refused_without_a_call(ask: Callable[[], Any]) -> None:
    with dynamodb_calls() as calls, pytest.raises(NotSupportedError):
        ask()
    assert calls == {}


def test_a_refusal_names_the_paths() -> None:
    with dynamodb_calls() as calls, pytest.raises(NotSupportedError) as refused:
        list(LogEntry.objects.all())
    assert calls == {}
    assert "admin.LogEntry" in str(refused.value)
    assert "content_type_id + object_id, ordered by action_time" in str(refused.value)


def test_more_rows_than_the_cap_are_refused_and_never_left_out() -> None:
    make_books(*range(12))
    books = Book.objects.filter(status="live")
    with mock.patch("ivent_site.dynamodb.selecting.READ_CAP", 10):
        for ask in (list, lambda q: q.update(pages=1), lambda q: q.delete(), lambda q: q[11]):
            with pytest.raises(CappedError):
                ask(books)
        assert ids(books.order_by("starts_at")[:2]) == ["b0000", "b0001"]
        with pytest.raises(CappedError):
            books.filter(pages=5).first()
    with (
        mock.patch("ivent_site.dynamodb.reader.READ_CAP", 10),
        mock.patch("ivent_site.dynamodb.aggregates.READ_CAP", 10),
        dynamodb_calls() as calls,
        pytest.raises(CappedError),
    ):
        books.count()
    assert calls == {"Query": 1}
    assert set(Book.objects.values_list("pages", flat=True)) == {0}


def test_a_partial_query_ends_at_the_cap_but_never_changes_rows() -> None:
    make_books(*range(12))
    books = Book.objects.filter(status="live")
    allow_partial(books.query)
    with mock.patch("ivent_site.dynamodb.selecting.READ_CAP", 10):
        assert len(books.all()) == 10
        with pytest.raises(CappedError):
            books.delete()
    assert Book.objects.count() == 12


def test_a_filtered_delete_deletes_exactly_what_matches() -> None:
    make_books(1, 2, 3, pages=1)
    make_books(4, 5, pages=2)
    with dynamodb_calls() as calls:
        assert Book.objects.filter(status="live", pages=1).delete()[0] == 3
    assert "Scan" not in calls
    assert ids(Book.objects.order_by("pk")) == ["b0004", "b0005"]


def test_a_row_that_changed_since_the_index_saw_it_is_not_deleted() -> None:
    make_books(1, 2)
    stale = list(BookRow.by_status.query("live"))
    Book.objects.filter(pk="b0001").update(status="draft")
    with mock.patch.object(BookRow, "query", return_value=iter(stale)):
        assert Book.objects.filter(status="live")._raw_delete("default") == 1
    assert ids(Book.objects.all()) == ["b0001"]


def test_saving_keeps_what_the_model_does_not_know_and_moves_the_index_keys() -> None:
    row = BookRow(**book_values(1, secret="kept", tags=[]))
    writes.put(row)
    book = Book.objects.get(pk="b0001")
    book.title, book.status = "Other", "draft"
    with dynamodb_calls() as calls:
        book.save()
    assert calls == {"GetItem": 1, "PutItem": 1}
    stored = BookRow.get("b0001", consistent_read=True)
    assert (stored.secret, stored.title_key, stored.status) == ("kept", "other#b0001", "draft")
    assert ids(Book.objects.filter(title__istartswith="title")) == []
    assert ids(Book.objects.filter(status="draft")) == ["b0001"]


def test_a_value_set_to_none_is_taken_out_of_the_item() -> None:
    make_books(1, note="x", shelf_id="s1")
    Book.objects.filter(pk="b0001").update(note=None, shelf=None)
    item = BookRow.get("b0001").to_dynamodb_dict()
    assert not {"note", "shelf_id", "shelf_status"} & item.keys()


def test_inserts_refuse_a_taken_key() -> None:
    Book.objects.create(**book_values(1))
    with pytest.raises(IntegrityError):
        Book.objects.create(**book_values(1, title="other"))
    assert Book.objects.get(pk="b0001").title == "title 1"


def test_bulk_create_is_one_transaction() -> None:
    with dynamodb_calls() as calls:
        Book.objects.bulk_create(Book(**book_values(number)) for number in range(5))
    assert calls == {"TransactWriteItems": 1}
    with pytest.raises(IntegrityError):
        Book.objects.bulk_create(Book(**book_values(number)) for number in (7, 1))
    assert Book.objects.count() == 5


def test_update_or_create_and_get_or_create() -> None:
    values = book_values(1)
    _, is_new = Book.objects.update_or_create(id="b0001", defaults=values)
    book, is_still_new = Book.objects.update_or_create(id="b0001", defaults={"title": "two"})
    again, is_third = Book.objects.get_or_create(id="b0001", defaults=values)
    assert (is_new, is_still_new, is_third) == (True, False, False)
    assert (book.title, again.title) == ("two", "two")


def test_querysets_in_a_block_see_its_writes_in_their_order() -> None:
    make_books(1, 2, 3)
    with transaction.atomic():
        Book.objects.filter(pk="b0001").update(starts_at=START + timedelta(days=50))
        Book.objects.get(pk="b0002").delete()
        Book.objects.create(**book_values(2, id="new"))
        live = Book.objects.filter(status="live")
        assert ids(live.order_by("starts_at")) == ["new", "b0003", "b0001"]
        assert ids(live.order_by("-starts_at")[:2]) == ["b0001", "b0003"]
        assert live.count() == 3
        assert live.aggregate(Max("starts_at"), Min("starts_at")) == {
            "starts_at__max": START + timedelta(days=50),
            "starts_at__min": START + timedelta(days=2),
        }
        assert live.filter(pk="b0002").first() is None
        transaction.set_rollback(True)
    assert ids(Book.objects.order_by("starts_at")) == ["b0001", "b0002", "b0003"]


def test_a_second_update_in_a_block_builds_on_the_first() -> None:
    make_books(1)
    with dynamodb_calls() as calls, transaction.atomic():
        for _ in range(3):
            Book.objects.filter(pk="b0001").update(pages=F("pages") + 1)
    assert calls == {"GetItem": 1, "PutItem": 1}
    assert Book.objects.get(pk="b0001").pages == 3


def test_an_update_in_a_block_conflicts_with_one_from_outside() -> None:
    make_books(1)
    with pytest.raises(writes.ConflictError), transaction.atomic():
        Book.objects.filter(pk="b0001").update(pages=1)
        row = BookRow.get("b0001")
        row.title = "changed by another"
        row.save()
    assert Book.objects.get(pk="b0001").pages == 0


def test_json_values_come_back_as_they_were() -> None:
    tags = {"a": [1, 2.5, None, "x", {"b": True}], "c": {}}
    Book.objects.create(**book_values(1, tags=tags))
    assert Book.objects.get(pk="b0001").tags == tags
    assert Book.objects.filter(tags=tags).count() == 1


def test_moments_keep_their_microseconds_and_zone() -> None:
    moment = START.replace(microsecond=123456)
    Book.objects.create(**book_values(1, starts_at=moment))
    assert Book.objects.get(starts_at=moment).starts_at.isoformat() == moment.isoformat()
    later = moment + timedelta(microseconds=1)
    assert not Book.objects.filter(starts_at=later).exists()
    assert Book.objects.filter(starts_at__lt=later).count() == 1
    assert Book.objects.filter(starts_at__lte=moment, starts_at__gte=moment).count() == 1


def test_a_row_of_another_kind_in_the_same_table_is_not_found() -> None:
    BookRow._get_connection().put_item("stray", attributes={"secret": {"S": "x"}})
    assert not Book.objects.filter(pk="stray").exists()


@pytest.mark.parametrize("key", ["", "x" * 3000, "\ud800", "#", "\x00"])
def test_odd_keys_are_not_found_and_break_nothing(key: str) -> None:
    make_books(1)
    assert Book.objects.filter(pk=key).first() is None
    assert ids(Book.objects.filter(status=key)) == []
    assert ids(Book.objects.filter(title=key)) == []
    assert ids(Book.objects.filter(pk__in=[key, "b0001"])) == ["b0001"]
    assert ids(Shelf.objects.filter(pk__lt=key)) == []


def test_a_search_for_nothing_reads_the_lists() -> None:
    make_books(1)
    with dynamodb_calls() as calls:
        assert ids(Book.objects.filter(title__istartswith="")) == ["b0001"]
    assert calls == {"Query": 3}


def test_a_title_with_a_hash_is_not_taken_for_a_key() -> None:
    make_books(1, title="a")
    make_books(2, title="a#b0001")
    found = Book.objects.filter(title__istartswith="a#b")
    assert (ids(found), found.count()) == (["b0002"], 1)


def test_aggregates_are_computed_over_what_matches() -> None:
    make_books(1, 2, pages=3)
    make_books(3, pages=5, status="draft")
    found = Book.objects.aggregate(
        Sum("pages"), n=Count("*"), live=Count("pk", filter=Q(status="live"))
    )
    assert found == {"pages__sum": 11, "n": 3, "live": 2}
    assert Book.objects.none().aggregate(n=Count("*"), most=Max("pages")) == {"n": 0, "most": None}


def test_a_shelf_is_found_by_its_range_key() -> None:
    for code in ("a", "b", "c"):
        Shelf.objects.create(code=code, name=code)
    with dynamodb_calls() as calls:
        assert [s.pk for s in Shelf.objects.order_by("-pk")] == ["c", "b", "a"]
        assert [s.pk for s in Shelf.objects.filter(pk__gt="a").order_by("code")] == ["b", "c"]
        assert Shelf.objects.filter(pk__gte="b").count() == 2
        assert Shelf.objects.get(pk="b").name == "b"
    assert calls == {"Query": 3, "GetItem": 1}
    assert {row.code for row in ShelfRow.query("shelf")} == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("code", "told"),
    [("ValidationException", DataError), ("ProvisionedThroughputExceeded", OperationalError)],
)
@pytest.mark.parametrize(
    "ask",
    [
        lambda: Book.objects.get(pk="b1"),
        lambda: list(Book.objects.filter(pk__in=["b1", "b2"])),
        lambda: list(Book.objects.filter(status="live")),
        lambda: list(Book.objects.all()),
        Book.objects.count,
        lambda: writes.get(BookRow, "b1"),
    ],
)
def test_what_dynamodb_refuses_is_djangos_own_error(
    ask: Callable[[], Any], code: str, told: type[Exception]
) -> None:
    refused = VerboseClientError({"Error": {"Code": code, "Message": "no"}}, "Query")
    with mock.patch.object(Connection, "dispatch", side_effect=refused), pytest.raises(told):
        ask()


def test_an_unknown_field_is_djangos_own_error() -> None:
    with pytest.raises(FieldError):
        Book.objects.filter(nothing=1)
