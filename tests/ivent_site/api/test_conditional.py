"""RFC 9110, section 13, by the examples of its sections 8.8.3.2, 13.1.1 and 13.1.2."""

from typing import Any

import pytest
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.test import APIRequestFactory

from ivent_site.api.conditional import conditional, content_etag, names_version, require_match
from ivent_site.api.errors import PreconditionFailed

STRONG, WEAK = '"1"', 'W/"1"'


def asked(**headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(APIRequestFactory().get("/things", headers=named))


def reply(etag: str) -> Response:
    return Response({}, headers={"ETag": etag, "Vary": "Accept", "Cache-Control": "no-store"})


@pytest.mark.parametrize(
    ("header", "etag", "found"),
    [
        ("*", STRONG, True),
        ("*", WEAK, True),
        (" * ", STRONG, True),
        ('"1"', STRONG, True),
        ('"1"', WEAK, True),
        ('W/"1"', STRONG, True),
        ('W/"1"', WEAK, True),
        ('"2"', STRONG, False),
        ('"2", "1"', STRONG, True),
        ('"2","1"', STRONG, True),
        (', ,"2" ,\t"1",', STRONG, True),
        ('"a,1", "b"', STRONG, False),
        ('"x,y"', '"x,y"', True),
        ('"é"', '"é"', True),
        ('""', '""', True),
        ('"*"', STRONG, False),
        ('w/"1"', STRONG, None),
        ("1", STRONG, None),
        ('"1" "2"', STRONG, None),
        ('"1', STRONG, None),
        ('*, "1"', STRONG, None),
        ('"a b"', STRONG, None),
        ("", STRONG, None),
        (",", STRONG, None),
    ],
)
def test_if_none_match_compares_weakly_and_replies_304(header, etag, found):
    request = asked(If_None_Match=header)
    if found is None:
        with pytest.raises(ValidationError) as refused:
            conditional(request, reply(etag))
        detail: Any = refused.value.detail
        assert set(detail) == {"If-None-Match"}
        return
    response = conditional(request, reply(etag))
    assert response.status_code == (304 if found else 200)
    assert {name: response[name] for name in ("ETag", "Vary", "Cache-Control")} == {
        "ETag": etag,
        "Vary": "Accept",
        "Cache-Control": "no-store",
    }


@pytest.mark.parametrize(
    ("header", "etag", "passes"),
    [
        ("*", STRONG, True),
        ("*", WEAK, True),
        ('"1"', STRONG, True),
        ('"0", "1"', STRONG, True),
        ('"0"', STRONG, False),
        ('W/"1"', STRONG, False),
        ('"1"', WEAK, False),
        ('W/"1"', WEAK, False),
    ],
)
def test_if_match_compares_strongly(header, etag, passes):
    request = asked(If_Match=header)
    if passes:
        require_match(request, etag)
        assert conditional(request, reply(etag)).status_code == status.HTTP_200_OK
        return
    for evaluated in (
        lambda: require_match(request, etag),
        lambda: conditional(request, reply(etag)),
    ):
        with pytest.raises(PreconditionFailed):
            evaluated()


def test_a_write_that_wants_what_is_there_to_be_another_is_refused():
    for header in ("*", STRONG, WEAK):
        with pytest.raises(PreconditionFailed):
            require_match(asked(If_None_Match=header), STRONG)
    require_match(asked(If_None_Match='"2"'), STRONG)


def test_dates_are_ignored_for_nothing_here_has_one():
    past = "Sat, 01 Jan 2000 00:00:00 GMT"
    for header in ({"If_Modified_Since": past}, {"If_Unmodified_Since": past}):
        request = asked(**header)
        require_match(request, STRONG)
        assert conditional(request, reply(STRONG)).status_code == status.HTTP_200_OK


@pytest.mark.parametrize(("header", "insists"), [('"1"', True), ('"1", "2"', True), ("*", False)])
def test_a_caller_insists_on_a_version_by_naming_one(header, insists):
    assert names_version(asked(If_Match=header)) is insists
    assert names_version(asked()) is False


def test_the_etag_of_content_changes_with_it_and_with_nothing_else():
    assert content_etag({"a": [1]}) == content_etag({"a": [1]})
    assert content_etag({"a": [1]}) != content_etag({"a": [2]})
    assert content_etag({}).startswith('W/"')


def test_a_long_header_is_read_in_a_moment():
    many = ", ".join(f'"{number}"' for number in range(2000))
    assert conditional(asked(If_None_Match=many), reply('"1999"')).status_code == 304
    with pytest.raises(ValidationError):
        conditional(asked(If_None_Match=", " * 4000 + "x"), reply(STRONG))
