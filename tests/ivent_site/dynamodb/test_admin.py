"""Every page of an admin of ours: what it shows, and that none of them scans."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from unittest import mock

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from tests.dynamodb_calls import dynamodb_calls
from tests.ivent_site.dynamodb import library_site
from tests.ivent_site.dynamodb.books import make_books
from tests.ivent_site.dynamodb.library import Book, BookRow, Shelf

LIST = "/admin/events/book/"


@pytest.fixture
def client(library: None, settings: Any) -> Iterator[Client]:
    """A signed-in browser; leaving, it has scanned no table."""
    settings.ROOT_URLCONF = library_site.__name__
    settings.MIDDLEWARE = library_site.MIDDLEWARE
    # The sidebar and the overview are of pages that are not here.
    settings.UNFOLD = {}
    with dynamodb_calls() as calls:
        yield Client()
    assert "Scan" not in calls


def page(client: Client, url: str = LIST) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return response.content.decode()


def listed(html: str) -> list[str]:
    """The ids of the books on a list."""
    return re.findall(r'href="/admin/events/book/(\w+)/change/', html)


def link(html: str, relation: str) -> str | None:
    """The address of the link to the next or previous page."""
    found = re.search(rf'<a href="([^"]+)" rel="{relation}"', html)
    return LIST + unescape(found[1]) if found else None


def post(client: Client, url: str, **data: Any) -> Any:
    response = client.post(url, data)
    assert response.status_code in (200, 302), response
    return response


def test_a_list_pages_forward_and_back(client: Client) -> None:
    make_books(*range(12))
    html = page(client)
    there = [listed(html)]
    while address := link(html, "next"):
        html = page(client, address)
        there.append(listed(html))
    assert [pk for ids in there for pk in ids] == [f"b{n:04}" for n in reversed(range(12))]
    assert "First page" in html
    assert "Show all" not in html
    back = []
    while address := link(html, "prev"):
        html = page(client, address)
        back.append(listed(html))
    assert back == there[-2::-1]


def test_a_list_costs_a_query_per_partition(client: Client) -> None:
    make_books(*range(12))
    Shelf.objects.create(code="s1", name="s1")
    with mock.patch.object(library_site.BookAdmin, "date_hierarchy", None):
        with dynamodb_calls() as calls:
            html = page(client)
        assert calls == {"Query": 3}
        with dynamodb_calls() as calls:
            page(client, link(html, "next") or "")
        assert calls == {"Query": 3}
        with dynamodb_calls() as calls:
            page(client, f"{LIST}?status__exact=live")
        assert calls == {"Query": 1}
        with dynamodb_calls() as calls:
            page(client, f"{LIST}?q=title+1")
        assert calls == {"Query": 1}


def test_the_date_hierarchy_costs_the_same_however_many_rows(client: Client) -> None:
    make_books(*range(40))
    with dynamodb_calls() as few:
        page(client, f"{LIST}?status__exact=live&starts_at__year=2026")
    make_books(*range(40, 59), *range(1000, 1100), pages=2)
    with dynamodb_calls() as many:
        html = page(client, f"{LIST}?status__exact=live&starts_at__year=2026")
    assert "January 2026" in html
    assert (few, many) == ({"Query": 3}, {"Query": 4})


def test_the_date_hierarchy_leads_to_a_month(client: Client) -> None:
    make_books(*range(40))
    html = page(client)
    assert "starts_at__month=2" in html
    html = page(client, f"{LIST}?starts_at__year=2026&starts_at__month=2&starts_at__day=3")
    assert listed(html) == ["b0033"]


def test_the_search_finds_beginnings_of_titles(client: Client) -> None:
    make_books(1, title="Apple pie")
    make_books(2, title="Pear", status="draft")
    assert listed(page(client, f"{LIST}?q=APPLE")) == ["b0001"]
    assert listed(page(client, f"{LIST}?q=pear&status__exact=draft")) == ["b0002"]
    assert listed(page(client, f"{LIST}?q=pear&status__exact=live")) == []
    assert "Nothing matches" in page(client, f"{LIST}?q=none")


def test_only_columns_that_a_path_orders_by_can_be_sorted_by(client: Client) -> None:
    make_books(1, 2)
    html = page(client)
    assert set(re.findall(r"[?&](?:amp;)?o=(-?\d)", html)) == {"-4", "4"} or "o=4" in html
    assert listed(page(client, f"{LIST}?o=4")) == ["b0001", "b0002"]
    assert listed(page(client, f"{LIST}?o=-4")) == ["b0002", "b0001"]
    # By hand: a column without a path lists in the path's own order, and breaks nothing.
    assert set(listed(page(client, f"{LIST}?o=5.-2"))) == {"b0001", "b0002"}


def test_a_capped_list_says_so(client: Client) -> None:
    make_books(*range(12))
    with mock.patch("ivent_site.dynamodb.paging.READ_CAP", 10):
        html = page(client, f"{LIST}?hidden__exact=1&status__exact=live")
    assert "The search stopped after" in html
    html = page(client, link(html, "next") or "")
    assert listed(html) == []
    assert "The search stopped after" not in html


@pytest.mark.parametrize(
    "query",
    [
        "p=x",
        "p=a:b:c",
        "p=2",
        "p=%00",
        "o=99.x",
        "all=",
        "status__exact=none",
        "q=%F0%9F%98%80",
        "q=%00",
        "e=1",
        "_facets=True",
    ],
)
def test_odd_addresses_show_a_list(client: Client, query: str) -> None:
    make_books(1)
    page(client, f"{LIST}?{query}")


@pytest.mark.parametrize(
    "query",
    [
        "starts_at__year=9999",
        "starts_at__year=x",
        "starts_at__year=0",
        "title__regex=(",
        "nothing=1",
        "title__foo=1",
        "pages=x",
        "tags__contained_by=1",
    ],
)
def test_impossible_addresses_lead_back_to_the_list(client: Client, query: str) -> None:
    make_books(1)
    response = client.get(f"{LIST}?{query}")
    assert (response.status_code, response.headers["Location"]) == (302, f"{LIST}?e=1")


def test_an_action_changes_what_was_ticked_and_nothing_else(client: Client) -> None:
    make_books(*range(8))
    post(client, LIST, action="hide", index=0, _selected_action=["b0001", "b0003"])
    assert set(Book.objects.filter(hidden=True).values_list("pk", flat=True)) == {"b0001", "b0003"}


def test_select_across_is_not_obeyed(client: Client) -> None:
    make_books(*range(8))
    post(client, LIST, action="hide", index=0, select_across=1, _selected_action=["b0001"])
    assert list(Book.objects.filter(hidden=True).values_list("pk", flat=True)) == ["b0001"]


def test_selected_rows_are_deleted_after_a_confirmation(client: Client) -> None:
    make_books(*range(4))
    chosen = {"action": "delete_selected", "_selected_action": ["b0001", "b0002"]}
    html = post(client, LIST, index=0, **chosen).content.decode()
    assert "title 1" in html
    post(client, LIST, post="yes", **chosen)
    assert set(Book.objects.values_list("pk", flat=True)) == {"b0000", "b0003"}
    assert LogEntry.objects.filter(user_id="u1").count() == 2


def test_rows_are_edited_in_the_list_in_one_transaction(client: Client) -> None:
    make_books(1, 2)
    html = page(client)
    assert 'name="_save"' in html
    form = {
        "form-TOTAL_FORMS": 2,
        "form-INITIAL_FORMS": 2,
        "form-0-id": "b0002",
        "form-0-pages": 7,
        "form-1-id": "b0001",
        "form-1-pages": 8,
        "_save": "Save",
    }
    with dynamodb_calls() as calls:
        post(client, LIST, **form)
    assert calls["TransactWriteItems"] == 1
    assert dict(Book.objects.values_list("pk", "pages")) == {"b0001": 8, "b0002": 7}


def book_form(**values: Any) -> dict[str, Any]:
    return {
        "id": "b1",
        "title": "New",
        "status": "draft",
        "starts_at_0": "2026-05-01",
        "starts_at_1": "10:00:00",
        "pages": 1,
        "tags": "[]",
        "initial-tags": "[]",
        "shelf": "s1",
        **values,
    }


def test_a_book_is_added_changed_and_deleted_with_its_history(client: Client) -> None:
    Shelf.objects.create(code="s1", name="Shelf")
    page(client, f"{LIST}add/")
    with dynamodb_calls() as calls:
        post(client, f"{LIST}add/", **book_form())
    # The row and its log entry.
    assert calls["TransactWriteItems"] == 1
    assert "New" in page(client, f"{LIST}b1/change/")
    post(client, f"{LIST}b1/change/", **book_form(title="Newer"))
    assert Book.objects.get(pk="b1").title == "Newer"
    html = page(client, f"{LIST}b1/history/")
    assert "Added." in html
    assert "Title: “New” → “Newer”." in html
    page(client, f"{LIST}b1/delete/")
    post(client, f"{LIST}b1/delete/", post="yes")
    assert not Book.objects.filter(pk="b1").exists()


def test_who_is_overtaken_by_someone_else_is_told_and_nothing_is_saved(client: Client) -> None:
    make_books(1)
    Shelf.objects.create(code="s1", name="Shelf")
    log = LogEntry.objects.log_actions

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        row = BookRow.get("b0001")
        row.title = "by another"
        row.save()
        return log(*args, **kwargs)

    with mock.patch.object(type(LogEntry.objects), "log_actions", side_effect=overtaken):
        form = book_form(id="b0001", title="mine")
        response = client.post(f"{LIST}b0001/change/", form, follow=True)
    assert "Someone else changed this" in response.content.decode()
    assert Book.objects.get(pk="b0001").title == "by another"
    assert not LogEntry.objects.filter(user_id="u1").exists()


def test_a_taken_key_is_told_in_the_form(client: Client) -> None:
    make_books(1)
    Shelf.objects.create(code="s1", name="Shelf")
    response = post(client, f"{LIST}add/", **book_form(id="b0001"))
    assert "already exists" in response.content.decode()


@pytest.mark.parametrize("key", ["none", "_5Fx", "x" * 1500, "%F0%9F%98%80", "%00", "a_23b"])
def test_a_key_that_is_not_there_leads_home(client: Client, key: str) -> None:
    response = client.get(f"{LIST}{key}/change/")
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")


def test_a_list_on_the_table_itself(client: Client) -> None:
    for code in ("b", "a"):
        Shelf.objects.create(code=code, name=code)
    with dynamodb_calls() as calls:
        html = page(client, "/admin/events/shelf/")
    assert calls == {"Query": 1}
    assert re.findall(r'href="/admin/events/shelf/(\w+)/change/', html) == ["b", "a"]


def test_deleting_a_shelf_says_what_goes_with_it(client: Client) -> None:
    Shelf.objects.create(code="s1", name="Shelf")
    make_books(1, shelf_id="s1")
    assert "title 1" in page(client, "/admin/events/shelf/s1/delete/")
    post(client, "/admin/events/shelf/s1/delete/", post="yes")
    assert Book.objects.count() == 0
