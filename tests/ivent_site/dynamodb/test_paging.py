"""Pages by key cursor."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core import signing
from django.db.models import QuerySet

from ivent_site.dynamodb.paging import Page, read_page
from tests.dynamodb_calls import dynamodb_calls
from tests.ivent_site.dynamodb.books import START, make_books
from tests.ivent_site.dynamodb.library import Book, Shelf

pytestmark = pytest.mark.usefixtures("library")


def ids(page: Page[Book]) -> list[str]:
    return [book.pk for book in page.objects]


def walk(queryset: QuerySet[Book], size: int) -> tuple[list[list[str]], list[list[str]]]:
    """The pages on the way to the end, and those on the way back."""
    page = read_page(queryset, size=size)
    there, back = [ids(page)], []
    while page.next:
        page = read_page(queryset, size=size, cursor=page.next)
        there.append(ids(page))
    while page.previous:
        page = read_page(queryset, size=size, cursor=page.previous)
        back.append(ids(page))
    return there, back


@pytest.mark.parametrize("order", ["starts_at", "-starts_at"])
@pytest.mark.parametrize("size", [1, 3, 4, 10, 11, 12])
def test_every_row_is_on_one_page_there_and_on_the_same_one_back(order: str, size: int) -> None:
    make_books(*range(4))
    make_books(*range(4, 8), status="draft")
    # Ties in the order field, across partitions.
    make_books(8, 9, starts_at=START)
    make_books(10, starts_at=START, status="gone")
    books = Book.objects.order_by(order)
    there, back = walk(books, size)
    expected = [book.pk for book in books]
    assert [pk for page in there for pk in page] == expected
    assert back == there[-2::-1]
    assert all(len(page) == size for page in there[:-1])


def test_a_page_costs_one_query_per_partition_wherever_it_is() -> None:
    make_books(*range(30))
    books = Book.objects.order_by("starts_at")
    page = read_page(books, size=5)
    for _ in range(4):
        with dynamodb_calls() as calls:
            page = read_page(books, size=5, cursor=page.next)
        assert calls == {"Query": 3}
    with dynamodb_calls() as calls:
        read_page(books.filter(status="live"), size=5, cursor=page.next)
    assert calls == {"Query": 1}


def test_rows_inserted_and_deleted_between_pages_shift_nothing() -> None:
    make_books(10, 20, 30, 40)
    books = Book.objects.filter(status="live").order_by("starts_at")
    first = read_page(books, size=2)
    make_books(5, 25)
    Book.objects.filter(pk="b0020").delete()
    second = read_page(books, size=2, cursor=first.next)
    assert ids(second) == ["b0025", "b0030"]
    assert second.previous
    assert ids(read_page(books, size=2, cursor=second.previous)) == ["b0005", "b0010"]


def test_a_page_whose_rows_have_gone_is_empty() -> None:
    make_books(1, 2, 3)
    books = Book.objects.filter(status="live").order_by("starts_at")
    first = read_page(books, size=2)
    Book.objects.filter(pk="b0003").delete()
    page = read_page(books, size=2, cursor=first.next)
    assert page == Page(objects=[], next=None, previous=None, capped=False)


def test_no_rows_are_an_empty_page() -> None:
    page = read_page(Book.objects.order_by("starts_at"), size=2)
    assert page == Page(objects=[], next=None, previous=None, capped=False)


@pytest.mark.parametrize("forged", ["x", "a:b:c", ":", "\ud800", "x" * 5000, "WyJ4IixmYWxzZV0:1:2"])
def test_a_tampered_cursor_gives_the_first_page(forged: str) -> None:
    make_books(1, 2, 3)
    books = Book.objects.order_by("starts_at")
    assert ids(read_page(books, size=2, cursor=forged)) == ["b0001", "b0002"]


def test_a_cursor_of_another_order_or_model_gives_the_first_page() -> None:
    make_books(1, 2, 3)
    Shelf.objects.create(code="s", name="s")
    cursor = read_page(Book.objects.order_by("starts_at"), size=1).next
    assert ids(read_page(Book.objects.order_by("-starts_at"), size=1, cursor=cursor)) == ["b0003"]
    assert [s.pk for s in read_page(Shelf.objects.all(), size=1, cursor=cursor).objects] == ["s"]
    other = signing.dumps(["x", False], salt="another")
    assert ids(read_page(Book.objects.order_by("starts_at"), size=1, cursor=other)) == ["b0001"]


def test_a_search_pages_in_its_own_order() -> None:
    for number, title in enumerate(("bb", "ba", "bc", "a", "BD")):
        make_books(number, title=title)
    found = Book.objects.filter(title__istartswith="b").order_by("-starts_at")
    with dynamodb_calls() as calls:
        there, back = walk(found, 2)
    assert there == [["b0001", "b0000"], ["b0002", "b0004"]]
    assert back == [["b0001", "b0000"]]
    assert calls == {"Query": 3}


def test_a_filter_that_no_key_answers_pages_too() -> None:
    make_books(*range(0, 20, 2), pages=1)
    make_books(*range(1, 20, 2), pages=2)
    there, back = walk(Book.objects.filter(pages=1).order_by("starts_at"), 4)
    assert [len(page) for page in there] == [4, 4, 2]
    assert back == there[-2::-1]


def test_a_capped_page_says_so_and_the_next_one_goes_on_from_there() -> None:
    make_books(*range(25), pages=1)
    make_books(25, 26, pages=2)
    found = Book.objects.filter(status="live", pages=2).order_by("starts_at")
    with mock.patch("ivent_site.dynamodb.paging.READ_CAP", 10):
        page = read_page(found, size=5)
        assert (ids(page), page.capped) == ([], True)
        page = read_page(found, size=5, cursor=page.next)
        assert (ids(page), page.capped) == ([], True)
        page = read_page(found, size=5, cursor=page.next)
        assert (ids(page), page.capped, page.next) == (["b0025", "b0026"], False, None)
        page = read_page(found, size=5, cursor=page.previous)
        assert (ids(page), page.capped) == ([], True)


def test_listed_keys_are_one_page() -> None:
    make_books(1, 2, 3)
    page = read_page(Book.objects.filter(pk__in=["b0001", "b0003"]).order_by("-starts_at"), size=1)
    assert (ids(page), page.next) == (["b0003", "b0001"], None)


def test_the_bounds_of_a_month_hold_on_every_page() -> None:
    make_books(*range(70))
    month = Book.objects.filter(
        status="live",
        starts_at__gte=START + timedelta(days=31),
        starts_at__lt=START + timedelta(days=59),
    ).order_by("-starts_at")
    there, back = walk(month, 10)
    assert [len(page) for page in there] == [10, 10, 8]
    assert back == there[-2::-1]


def test_related_rows_come_with_the_page() -> None:
    Shelf.objects.create(code="s1", name="first")
    make_books(1, 2, shelf_id="s1")
    books = Book.objects.filter(status="live").select_related("shelf").order_by("starts_at")
    with dynamodb_calls() as calls:
        page = read_page(books, size=5)
        assert [book.shelf.name for book in page.objects if book.shelf] == ["first", "first"]
    assert calls == {"Query": 1, "GetItem": 1}
