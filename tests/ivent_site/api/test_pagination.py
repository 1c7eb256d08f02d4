from urllib.parse import parse_qs, urlsplit

import pytest
from rest_framework.request import Request
from rest_framework.serializers import ValidationError
from rest_framework.test import APIRequestFactory

from ivent_site.api.pagination import cursor_for, cursor_key, page_cursor, page_limit, page_response


def request(query: str = "") -> Request:
    return Request(APIRequestFactory().get(f"/things{query}"))


@pytest.mark.parametrize("key", ["2038#a", {"a": 1, "b": ["ä"]}, 5])
def test_a_cursor_gives_back_its_key(key):
    assert cursor_key(cursor_for(key, scope="things"), scope="things") == key


def test_a_cursor_is_of_one_list_only_and_cannot_be_made():
    cursor = cursor_for("key", scope="things")
    for text, scope in ((cursor, "others"), (cursor + "x", "things"), ("x" + cursor, "things")):
        with pytest.raises(ValidationError):
            cursor_key(text, scope=scope)


def test_a_cursor_outlives_a_change_of_the_secret_key(settings):
    cursor = cursor_for("key", scope="things")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-that-is-long-enough"
    assert cursor_key(cursor, scope="things") == "key"


def test_the_next_page_keeps_the_query():
    response = page_response(request("?topic=a%26b&cursor=old"), [1], "key", scope="things")
    url = urlsplit(response.data["next"])
    query = parse_qs(url.query)
    assert (url.path, query["topic"]) == ("/things", ["a&b"])
    assert page_cursor(request(f"?{url.query}"), scope="things") == "key"
    assert response.data["results"] == [1]


def test_the_last_page_has_no_next():
    assert page_response(request(), [], None, scope="things").data == {"next": None, "results": []}


@pytest.mark.parametrize(("query", "limit"), [("", 50), ("?limit=1", 1), ("?limit=100", 100)])
def test_the_limit_is_taken(query, limit):
    assert page_limit(request(query)) == limit


@pytest.mark.parametrize("limit", ["", "0", "101", "007", "1.0", "-1", "x", "1 ", "٣"])
def test_a_limit_out_of_bounds_is_refused(limit):
    with pytest.raises(ValidationError):
        page_limit(request(f"?limit={limit}"))
