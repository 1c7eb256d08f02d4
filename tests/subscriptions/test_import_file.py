"""What is in a file, and what is wrong with it, row by row."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions import import_sheet
from subscriptions.enums import ImportKind
from subscriptions.import_columns import Field
from subscriptions.import_file import (
    EXPORT_HEADING,
    PROBLEMS_MAX,
    ImportedPerson,
    Reading,
    file_check,
)
from subscriptions.import_sheet import FileError

READING = Reading(
    locales=("en", "de", "en-gb"),
    default_locale="en",
    topics={"music": "music", "live music": "music", "art": "art"},
)


def check(text, *, encoding="utf-8", **how):
    return file_check(text.encode(encoding), replace(READING, **how))


def emails(checked):
    return [person.email for person in checked.people]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_columns_are_found_by_their_usual_names(delimiter):
    text = (
        "Name,E-Mail,Topics,Language,Time zone,Frequency\n"
        'Ada,Ada@example.com,"Live Music|art",DE,Asia/Tokyo,Weekly'
    )
    checked = check("\ufeff" + text.replace(",", delimiter))
    assert checked.people == [
        ImportedPerson(
            "Ada@example.com", ["music", "art"], "de", "Asia/Tokyo", "weekly", name="Ada"
        )
    ]
    assert (checked.problems, checked.wrong, checked.notes) == ([], 0, [])


def test_columns_are_read_as_somebody_says():
    text = "contact,interest,email\nada@example.com,art,x\n\n  ,,\n"
    fields = [Field.EMAIL, Field.TOPICS, Field.NOTHING]
    checked = check(text, fields=fields)
    assert checked.people == [ImportedPerson("ada@example.com", ["art"], "en", "", "at_once")]
    assert checked.columns == list(zip(["contact", "interest", "email"], fields, strict=True))


def test_each_row_that_is_wrong_says_what_and_the_others_count():
    text = """email,topics,language,timezone,frequency
ada@example.com,,,,
nobody,,,,
ADA@example.com,,,,
bob@example.com,chess,xx,Mars/Crater,daily
"'=eve@example.com",,,,
"""
    checked = check(text)
    assert emails(checked) == ["ada@example.com", "=eve@example.com"]
    assert [(each.line, each.column, each.value) for each in checked.problems] == [
        (3, "email", "nobody"),
        (4, "email", "ADA@example.com"),
        (5, "language", "xx"),
        (5, "timezone", "Mars/Crater"),
        (5, "frequency", "daily"),
        (5, "topics", "chess"),
    ]
    assert checked.wrong == sum(checked.reasons.values()) == 3


def test_what_is_pasted_around_an_address_is_taken_off_and_what_is_inside_is_named():
    checked = check(
        "email\n\u200bada@example.com\xa0\n"
        "<bob@example.com>\nada@example.com\ufeff\neve\u200b@example.com"
    )
    assert [each.email for each in checked.people] == ["ada@example.com", "bob@example.com"]
    assert [(each.line, each.message) for each in checked.problems] == [
        (4, "The address is in a line above, too."),
        (5, "There is a zero-width space in the address."),
    ]


def test_of_many_problems_the_first_are_listed_and_all_are_counted():
    checked = check("email\n" + "x\n" * 500)
    assert (len(checked.problems), checked.wrong) == (PROBLEMS_MAX, 500)
    assert dict(checked.reasons) == {"This is no e-mail address.": 500}


def test_a_row_with_more_cells_than_the_heading_is_left_out_and_reported():
    # As single or typographic quotation marks make one: they are none in CSV.
    text = "email,name,language\na@example.com,'Lovelace, Ada',de\nb@example.com,“X, Y”,de\n"
    checked = check(text + "c@example.com,Cy,de,,\n")
    assert emails(checked) == ["c@example.com"]
    assert [(each.line, each.value) for each in checked.problems] == [(2, "de"), (3, "de")]


def test_a_row_that_ends_early_has_no_more_cells():
    checked = check("email,name,language\na@example.com\nb@example.com,Bo\n,Cy,de\n")
    assert emails(checked) == ["a@example.com", "b@example.com"]
    assert [each.message for each in checked.problems] == ["There is no e-mail address."]


def test_addresses_that_a_quotation_mark_has_swallowed_are_reported():
    text = 'email,name\na@example.com,"Ana\nb@example.com,Ben"\nc@example.com,"Two\nlines"\n'
    checked = check(text)
    assert emails(checked) == ["c@example.com"]
    [problem] = checked.problems
    assert (problem.line, problem.column) == (2, "name")
    assert "b@example.com" in problem.value


def test_languages_are_known_by_their_variants_and_names():
    names = ["en-US", "de_DE", "DE", "de_AT.UTF-8", "German", "Deutsch", "en-GB", "en-AU", ""]
    text = "email,language\n" + "".join(
        f"p{number}@example.com,{name}\n" for number, name in enumerate(names)
    )
    assert [person.locale for person in check(text).people] == [
        *("en", "de", "de", "de", "de", "de", "en-gb", "en", "en"),
    ]


def test_mailchimps_tags_are_topics_only_where_somebody_says_so():
    text = (
        '"Email Address","First Name",TIMEZONE,TAGS\n'
        '"t1@example.com","A","America/New_York",""\n'
        '"t2@example.com","B","","""Music"",""Art"""\n'
    )
    assert [person.topics for person in check(text).people] == [[], []]
    fields = [Field.EMAIL, Field.FIRST_NAME, Field.TIMEZONE, Field.TOPICS]
    assert [person.topics for person in check(text, fields=fields).people] == [[], ["music", "art"]]


@pytest.mark.parametrize(
    ("heading", "cells", "name"),
    [
        ("name", "Ada  Lovelace", "Ada Lovelace"),
        ("first name,last name", "Ada,Lovelace", "Ada Lovelace"),
        ("name,last name", "Ada,Lovelace", "Ada Lovelace"),
        ("name,last name", "Ada Lovelace,Lovelace", "Ada Lovelace"),
        ("name,first name,last name", ",Ada,", "Ada"),
        ("name,first name,last name", "A. Lovelace,Ada,Lovelace", "A. Lovelace"),
        ("first name", "", ""),
    ],
)
def test_a_name_is_made_of_the_columns_there_are(heading, cells, name):
    [person] = check(f"email,{heading}\na@example.com,{cells}\n").people
    assert person.name == name


@pytest.mark.parametrize("around", ["\u00a0", "\t", " ", "\u2003"])
def test_invisible_characters_around_an_address_do_not_matter(around):
    assert emails(check(f'email,name\n"{around}a@example.com{around}",A\n')) == ["a@example.com"]


@pytest.mark.parametrize("inside", ["\u00a0", "\u200b", "\t"])
def test_invisible_characters_inside_an_address_leave_it_out(inside):
    checked = check(f'email,name\n"ada{inside}@example.com",A\n')
    assert (emails(checked), checked.wrong) == ([], 1)


@pytest.mark.parametrize(
    ("text", "said"), [("name\nAda", "has: name"), ("", "empty"), ("a,b\n1,2", "has: a, b")]
)
def test_a_file_without_addresses_is_refused(text, said):
    with pytest.raises(FileError, match=said):
        check(text)


def test_a_file_has_so_many_rows_and_no_more(monkeypatch):
    open_ = import_sheet.sheet_open

    def small(content, **how):
        sheet = open_(content, **how)
        sheet.rows_max = 2
        return sheet

    monkeypatch.setattr("subscriptions.import_file.sheet_open", small)
    assert len(check("email\na@example.com\n\nb@example.com\n").people) == 2
    with pytest.raises(FileError, match="more than 2 rows: split it"):
        check("email\na@example.com\nnobody\nb@example.com\n")


def test_of_a_do_not_mail_list_every_address_counts_whatever_else_is_in_the_row():
    text = "email,status,language,topics\na@example.com,subscribed,xx,chess\nnobody,,,\n"
    checked = check(text, kind=ImportKind.DO_NOT_MAIL)
    assert (emails(checked), checked.wrong) == (["a@example.com"], 1)


# --- Exports, to be restored ----------------------------------------------------------------------


def export(*rows):
    heading = ",".join(EXPORT_HEADING)
    return "\r\n".join([heading, *rows, ""])


def test_an_export_is_restored_whatever_the_status_is():
    moment = "2026-11-28T11:00:00.123456+00:00"
    checked = check(
        export(
            f"a@example.com,'=Ada,suppressed,gone|art,de,,weekly,{moment},,web,2026-01-01,{moment},x,bounce",
            f"b@example.com,,pending,,en,,at_once,{moment},,,,,,",
        ),
        kind=ImportKind.RESTORE,
    )
    assert checked.problems == []
    ada, bob = checked.people
    assert (ada.name, ada.topics, ada.locale, ada.frequency) == (
        "=Ada",
        ["gone", "art"],
        "de",
        "weekly",
    )
    assert dict(ada.record) == {
        "status": "suppressed",
        "created_at": moment,
        "confirmed_at": "",
        "consent_source": "web",
        "consent_date": "2026-01-01",
        "stopped_at": moment,
        "stopped_reason": "x",
        "stopped_cause": "bounce",
    }
    assert bob.record["status"] == "pending"
    [note] = checked.notes
    assert "gone" in note
    assert "art" not in note


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("a@example.com,,asleep,,en,,at_once,2026-11-28T11:00:00+00:00,,,,,", "status"),
        ("a@example.com,,left,,en,,at_once,,,,,,", "created_at"),
        ("a@example.com,,left,,en,,at_once,2026-11-28,,,,,", "created_at"),
        ("a@example.com,,left,,en,,at_once,2026-11-28T11:00:00+00:00,soon,,,,", "confirmed_at"),
        ("a@example.com,,left,,xx,,at_once,2026-11-28T11:00:00+00:00,,,,,", "language"),
        ("a@example.com,,left", "created_at"),
    ],
)
def test_a_row_that_no_export_has_is_left_out(row, column):
    checked = check(export(row), kind=ImportKind.RESTORE)
    assert checked.people == []
    assert [problem.column for problem in checked.problems] == [column]


def test_another_file_cannot_be_restored():
    with pytest.raises(FileError, match="no export of Ivent"):
        check("email,status\na@example.com,confirmed\n", kind=ImportKind.RESTORE)


# --- Nothing is lost without a word ---------------------------------------------------------------

INSERTED = st.sampled_from(
    ['"', "'", "\n", "\r", "\r\n", ",", ";", "\t", "|", "\0", " ", '""', "\ufeff"]
)


@given(st.lists(st.tuples(st.integers(0, 200), INSERTED), min_size=1, max_size=3), st.booleans())
def test_whatever_slips_into_a_file_nobody_disappears_without_a_word(slips, quoted):
    mark = '"' if quoted else ""
    addresses = [f"p{number}@example.com" for number in range(5)]
    text = "email,name,note\n" + "".join(
        f"{address},{mark}Ana Lovelace{mark},{mark}x{mark}\n" for address in addresses
    )
    for place, inserted in slips:
        text = text[:place] + inserted + text[place:]
    try:
        checked = check(text)
    except FileError:
        return
    # An address may have become another one, but each row is there.
    assert checked.wrong > 0 or len(checked.people) == len(addresses)
