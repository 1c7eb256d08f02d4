"""What is in a file, and what is wrong with it, row by row."""

import pytest

from subscriptions.import_file import (
    BYTES_MAX,
    PROBLEMS_MAX,
    FileError,
    Person,
    Reading,
    file_check,
)

READING = Reading(
    columns={},
    locales=("en", "de"),
    default_locale="en",
    topics={"music": "music", "live music": "music", "art": "art"},
)


def check(text, *, encoding="utf-8", **columns):
    reading = Reading(
        columns=columns,
        locales=READING.locales,
        default_locale=READING.default_locale,
        topics=READING.topics,
    )
    return file_check(text.encode(encoding), reading)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_found_by_their_usual_names(delimiter):
    text = (
        "Name,E-Mail,Topics,Language,Time zone,Frequency\n"
        "Ada,Ada@example.com,Live Music|art,DE,Asia/Tokyo,Weekly"
    )
    checked = check("\ufeff" + text.replace(",", delimiter))
    assert checked.people == [
        Person("Ada@example.com", ["music", "art"], "de", "Asia/Tokyo", "weekly")
    ]
    assert (checked.problems, checked.wrong) == ([], 0)


def test_columns_are_found_by_the_names_that_are_given():
    text = "contact,interest\nada@example.com,art\n\n  ,\n"
    checked = check(text, email="Contact", topics="interest")
    assert checked.people == [Person("ada@example.com", ["art"], "en", "", "at_once")]


def test_each_row_that_is_wrong_says_what_and_the_others_count():
    text = """email,topics,language,timezone,frequency
ada@example.com,,,,
nobody,,,,
ADA@example.com,,,,
bob@example.com,chess,xx,Mars/Crater,daily
"'=eve@example.com",,,,
"""
    checked = check(text)
    assert [person.email for person in checked.people] == ["ada@example.com", "=eve@example.com"]
    assert [(each.line, each.column) for each in checked.problems] == [
        (3, "email"),
        (4, "email"),
        (5, "language"),
        (5, "timezone"),
        (5, "frequency"),
        (5, "topics"),
    ]
    assert checked.wrong == 3


def test_what_is_pasted_around_an_address_is_taken_off_and_what_is_inside_is_named():
    checked = check(
        "email\n\u200bada@example.com\xa0\n"
        "<bob@example.com>\nada@example.com\ufeff\neve\u200b@example.com"
    )
    assert [each.email for each in checked.people] == ["ada@example.com", "bob@example.com"]
    assert [(each.line, each.message) for each in checked.problems] == [
        (4, "The address stands in a line above, too."),
        (5, "There is a zero-width space after “eve”."),
    ]


def test_of_many_problems_the_first_are_told():
    checked = check("email\n" + "x\n" * 500)
    assert (len(checked.problems), checked.wrong) == (PROBLEMS_MAX, 500)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column"),
        (b"name\nAda", "which has: name"),
        ("email\nädä".encode("latin-1"), "UTF-8"),
        (b"email\n" + b"x" * BYTES_MAX, "split it"),
        (b'email\n"' + b"x" * 200_000, "line"),
        (b"PK\x03\x04\xff\xfe", "UTF-8"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_reason(content, said):
    with pytest.raises(FileError, match=said):
        file_check(content, READING)


def test_a_file_has_so_many_rows_and_no_more(monkeypatch):
    monkeypatch.setattr("subscriptions.import_file.ROWS_MAX", 2)
    assert len(check("email\na@example.com\n\nb@example.com\n").people) == 2
    with pytest.raises(FileError, match="more than 2 rows: split it"):
        check("email\na@example.com\nnobody\nb@example.com\n")
