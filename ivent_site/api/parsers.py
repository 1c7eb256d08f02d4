"""What a body may be: one JSON value (RFC 8259), and nothing that only looks like one."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from ivent_site.api.errors import FieldError, PayloadTooLarge

DEPTH_MAX = 20


class StrictJSONParser(BaseParser):
    """UTF-8 JSON without NaN, duplicate names, lone surrogates or bottomless nesting."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - DRF's signature
    ) -> Any:
        """The value; ParseError or FieldError (400), PayloadTooLarge (413)."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise PayloadTooLarge(f"The body is longer than {limit} bytes.")
        return parse_json(body)


def parse_json(body: bytes) -> Any:
    """The JSON value in `body`."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as err:
        raise ParseError(f"The body is not UTF-8 (byte {err.start}).") from err
    try:
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_without_duplicates,
        )
    except RecursionError as err:
        raise ParseError("The body is nested too deeply.") from err
    except ValueError as err:
        raise ParseError(f"The body is not JSON: {err}") from err
    _require_text(value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ParseError(f"The body is not JSON: {name} is no JSON number.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ParseError("The body holds a number that is too large.")
    return number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as err:
        # Python reads no more than 4,300 digits, and tells how to change that.
        raise ParseError("The body holds a number that is too large.") from err


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        numbers = Counter(name for name, _ in pairs)
        name = next(each for each, number in numbers.items() if number > 1)
        raise FieldError(printable(name), "duplicate", "This name stands more than once.")
    return result


def _require_text(value: Any) -> None:
    """Refuse half characters: they could be neither stored nor sent back."""
    members = value.items() if isinstance(value, dict) else [(None, value)]
    for name, member in members:
        for text in _texts([name, member]):
            if any("\ud800" <= char <= "\udfff" for char in text):
                message = "This is not valid text: it holds half a character (a lone surrogate)."
                raise FieldError(printable(name) if name else None, "surrogate", message)


def _texts(value: Any) -> Iterator[str]:
    level = [value]
    for _ in range(DEPTH_MAX):
        following: list[Any] = []
        for each in level:
            if isinstance(each, str):
                yield each
            elif isinstance(each, dict):
                following += [*each.keys(), *each.values()]
            elif isinstance(each, list):
                following += each
        if not following:
            return
        level = following
    raise ParseError("The body is nested too deeply.")


def printable(text: str) -> str:
    """A short form of any text that can be sent back."""
    return text[:100].encode("utf-8", "backslashreplace").decode()
