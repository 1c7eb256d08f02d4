from datetime import UTC, datetime

import pytest

from events.errors import InvalidEventError
from events.validators import event_problems, event_validate, is_id, is_slug, without_unsafe
from tests.factories import make_data


def problems(**values) -> list[tuple[str, str]]:
    found = event_problems(make_data(**values), known_topics={"art", "music"})
    return [(problem.field, problem.code) for problem in found]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"title": "x" * 200, "description": "y" * 20_000, "location": "z" * 300},
        {"title": "Fête d'été – ☀️ 夏祭り 👩‍👩‍👧 مهرجان"},
        {"description": "Line\n\tindented\n\n"},
        {"url": "https://ivent.example:8443/a?b=c#d"},
        {"url": "http://xn--mnchen-3ya.example/ä"},
        {"topics": ("music", "art")},
        {"starts_at": datetime(1970, 1, 1, tzinfo=UTC), "ends_at": None},
        {"starts_at": datetime(2200, 12, 31, tzinfo=UTC), "ends_at": None},
    ],
)
def test_good_content_has_no_problem(values):
    assert problems(**values) == []


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"title": ""}, [("title", "blank")]),
        ({"title": "\u200b\u00a0"}, [("title", "blank")]),
        ({"title": "a\u2029b"}, [("title", "line_break")]),
        ({"title": "a\x85b"}, [("title", "line_break")]),
        ({"title": "\ud800"}, [("title", "surrogate")]),
        ({"title": "a\x7fb"}, [("title", "control_character")]),
        ({"title": "a =?b"}, [("title", "encoded_word")]),
        ({"title": "a\tb"}, [("title", "invisible_character")]),
        ({"title": "\ufeffa"}, [("title", "invisible_character")]),
        ({"title": "x" * 201}, [("title", "max_length")]),
        ({"description": "a\rb"}, [("description", "control_character")]),
        ({"location": "a\nb"}, [("location", "line_break")]),
        ({"url": "https://user:pw@/x"}, [("url", "invalid")]),
        ({"url": "//ivent.example"}, [("url", "invalid")]),
        ({"url": "https://ivent.example/\ud800"}, [("url", "surrogate")]),
        ({"timezone": "europe/berlin"}, [("timezone", "unknown_timezone")]),
        ({"starts_at": datetime(1969, 12, 31, tzinfo=UTC)}, [("starts_at", "year")]),
        ({"ends_at": datetime(2201, 1, 1, tzinfo=UTC)}, [("ends_at", "year")]),
        ({"topics": ("art", "opera")}, [("topics", "unknown_topic")]),
        ({"topics": ("art", "art")}, [("topics", "duplicate")]),
        (
            {"title": "", "timezone": "x", "ends_at": datetime(2038, 1, 1, tzinfo=UTC)},
            [("title", "blank"), ("timezone", "unknown_timezone"), ("ends_at", "end_before_start")],
        ),
    ],
)
def test_bad_content_is_told_by_field(values, found):
    assert problems(**values) == found


def test_topics_are_trusted_when_none_are_known():
    event_validate(make_data(topics=("anything",)))
    with pytest.raises(InvalidEventError, match="topics: There is no topic “anything”"):
        event_validate(make_data(topics=("anything",)), known_topics=())


def test_ids_and_slugs():
    assert is_id("019a0000-0000-7000-8000-000000000001")
    assert not is_id("019a0000-0000-7000-8000-000000000001\n")
    assert is_slug("art-2038")
    assert not is_slug("art\n")


def test_unsafe_characters_are_taken_out():
    assert without_unsafe("a\x00b\ud800\tc\nd\r\x1b") == "ab\tc\nd"
