"""Conditional requests (RFC 9110, section 13) for resources that have ETags and no dates.

https://www.rfc-editor.org/rfc/rfc9110#section-13
Django's own `get_conditional_response` is not used: it splits a list at commas inside an ETag, and
answers 412 to If-Unmodified-Since where there is no date to compare, which the RFC says to ignore.
"""

import re
from hashlib import sha256
from typing import Any, Final

from django.http import HttpResponse, HttpResponseNotModified
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from ivent_site.api.errors import FieldError, PreconditionFailed

IF_MATCH: Final = "If-Match"
IF_NONE_MATCH: Final = "If-None-Match"
_ANY: Final = "*"
_WEAK: Final = "W/"
_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
# A recipient ignores empty parts of a list (section 5.6.1).
_TAGS: Final = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
# What a 304 repeats of the headers that the 200 would have (section 15.4.5).
_KEPT: Final = ("Cache-Control", "ETag", "Vary")


def version_etag(version: Any) -> str:
    """The ETag of a row's JSON: strong, for the version changes with every write."""
    return f'"{int(version)}"'


def content_etag(data: Any) -> str:
    """The ETag of JSON without a version: weak, for it holds for what the bytes mean."""
    return f'{_WEAK}"{sha256(JSONRenderer().render(data)).hexdigest()[:32]}"'


def require_match(request: Request, etag: str) -> None:
    """Lets a write go on that fits the resource as it is: FieldError (400) for a header that is no
    list of ETags, PreconditionFailed (412) for one that does not hold. A read and a retry help.
    """
    if not _matches(request, etag):
        raise PreconditionFailed(IF_MATCH)
    if _is_known(request, etag):
        raise PreconditionFailed(IF_NONE_MATCH)


def names_version(request: Request) -> bool:
    """Whether the caller insists on a version: a change in between is then a 412."""
    return _tags(request, IF_MATCH) not in ([], [_ANY])


def conditional(request: Request, response: Response) -> HttpResponse:
    """The reply to a GET or HEAD: itself with an ETag, or 304 if the caller has it already.

    Raises what `require_match` raises.
    """
    etag = response.headers.get("ETag") or content_etag(response.data)
    response.headers["ETag"] = etag
    if not _matches(request, etag):
        raise PreconditionFailed(IF_MATCH)
    return _not_modified(response) if _is_known(request, etag) else response


def _not_modified(response: Response) -> HttpResponse:
    kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return HttpResponseNotModified(headers=kept)


def _matches(request: Request, etag: str) -> bool:
    """If-Match, compared strongly: a weak ETag equals none, on either side."""
    wanted = _tags(request, IF_MATCH)
    return wanted in ([], [_ANY]) or (not etag.startswith(_WEAK) and etag in wanted)


def _is_known(request: Request, etag: str) -> bool:
    """If-None-Match, compared weakly: `W/` makes no difference."""
    known = _tags(request, IF_NONE_MATCH)
    return known == [_ANY] or etag.removeprefix(_WEAK) in {
        each.removeprefix(_WEAK) for each in known
    }


def _tags(request: Request, header: str) -> list[str]:
    text = request.headers.get(header)
    if text is None:
        return []
    if text.strip(" \t") == _ANY:
        return [_ANY]
    if not _TAGS.fullmatch(text):
        message = (
            'Give ETags as a GET sends them, such as "3" or "3", "4", with their quotes; or *.'
        )
        raise FieldError(header, "invalid", message)
    return re.findall(_TAG, text)
