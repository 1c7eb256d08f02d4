"""Rows of files as other programs write them: all of them, or the line where they break."""

from datetime import date, datetime

import pytest

from subscriptions import import_sheet
from subscriptions.import_sheet import BYTES_MAX, FileError, sheet_open
from tests.subscriptions.sheets import changed, workbook

SHEET = "xl/worksheets/sheet1.xml"


def rows(content, **how):
    sheet = sheet_open(content.encode() if isinstance(content, str) else content, **how)
    return [sheet.heading, *([line.number, *line.cells] for line in sheet.rows)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_delimiters_and_line_ends_are_found(delimiter, end):
    text = end.join(['email;"Name; or both"', "ada@example.com;Ada", '"x@example.com";X', ""])
    found = rows(text.replace(";", delimiter))
    assert found[0] == ["email", f"Name{delimiter} or both"]
    assert [row[1:] for row in found[1:] if any(row[1:])] == [
        ["ada@example.com", "Ada"],
        ["x@example.com", "X"],
    ]


def test_line_ends_of_several_kinds_in_one_file_make_one_row_each():
    assert rows("email,name\r\na@example.com,A\nb@example.com,B\rc@example.com,C") == [
        ["email", "name"],
        [2, "a@example.com", "A"],
        [3, "b@example.com", "B"],
        [4, "c@example.com", "C"],
    ]


def test_commas_in_the_heading_do_not_hide_the_delimiter():
    assert rows('"Mail, private; or not";email;"Last, first"\n;x@example.com;Y')[0] == [
        "Mail, private; or not",
        "email",
        "Last, first",
    ]


@pytest.mark.parametrize("hint", ["sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;", "sep=;;"])
def test_the_hint_that_excel_writes_first_is_no_row_and_counts_as_a_line(hint):
    assert rows(f"{hint}\r\nemail,full;name\r\ns1@example.com;A\r\n") == [
        ["email,full", "name"],
        [3, "s1@example.com", "A"],
    ]


def test_blank_lines_come_before_the_heading_and_between_rows():
    found = rows("\n,\n  \nemail,name\na@example.com,A\n\nb@example.com,B\n")
    assert [row for row in found if any(map(str.strip, map(str, row[1:])))] == [
        ["email", "name"],
        [5, "a@example.com", "A"],
        [7, "b@example.com", "B"],
    ]


def test_a_cell_may_have_several_lines_and_its_row_has_the_number_of_the_first():
    text = 'email,note\na@example.com,"one\ntwo, ""three"""\nb@example.com,B\n'
    assert rows(text)[1:] == [
        [2, "a@example.com", 'one\ntwo, "three"'],
        [4, "b@example.com", "B"],
    ]


def test_blanks_before_a_quoted_cell_do_not_split_it():
    assert rows('email, name\na@example.com, "Lovelace, Ada"')[1] == [
        2,
        "a@example.com",
        "Lovelace, Ada",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('email,name\nq1@example.com,"Ana\nq2@example.com,Ben\nq3@example.com,Cy\n', 2),
        ('email,name\nq1@example.com,Ana\nq2@example.com,"Ben', 3),
        # The next quotation mark closes it, and the rest of that cell stands outside.
        ('email,name\na@example.com,A\nq1@example.com,"Ana\nq2@example.com,"Ben"\n', 3),
        ('email,name\nq1@example.com,"Ana "Nick" B"\n', 2),
        ('email,name,note\nq1@example.com,"A\nB","C\nq2@example.com,D,\n', 3),
        ('email,name\nq1@example.com,Ana 5" tall\nq2@example.com,"Ben\n', 3),
        ('sep=,\nemail,name\nq1@example.com,"Ana\n', 3),
        ('email,"name\nq1@example.com,Ana\n', 1),
    ],
)
def test_a_quotation_mark_that_breaks_the_file_is_named_by_its_line(text, line):
    with pytest.raises(FileError, match=f"on line {line} "):
        rows(text)


def test_a_cell_without_end_is_named_by_its_line():
    with pytest.raises(FileError, match="on line 3 "):
        rows('email\na@example.com\n"' + "x" * 200_000 + '"')


@pytest.mark.parametrize(
    ("encoding", "used"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_encodings_are_found_and_can_be_chosen(encoding, used):
    text = "email,name\nz@example.com,“Zoë” Müßig\ny@example.com,Éva Großmann\n"
    content = text.encode(encoding)
    sheet = sheet_open(content)
    assert sheet.encoding == used
    assert [line.cells[1] for line in sheet.rows] == ["“Zoë” Müßig", "Éva Großmann"]
    assert rows(content, encoding=used) == rows(content)
    # What may be wrong is said.
    assert len(sheet.notes) == (used in ("cp1252", "mac_roman"))


def test_another_encoding_than_the_one_that_was_found_can_be_chosen():
    content = "email,name\nz@example.com,Zoë\n".encode("mac_roman")
    assert rows(content, encoding="mac_roman")[1] == [2, "z@example.com", "Zoë"]
    assert rows(content, encoding="cp1252")[1] != [2, "z@example.com", "Zoë"]
    with pytest.raises(FileError, match="no text in UTF-8"):
        sheet_open(content, encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n\n , \n", "empty"),
        (b"email\nada@exa\0mple.com\n", "Line 2 has a NUL"),
        (b"email\n" + b"x" * BYTES_MAX, "split it"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old or password-protected"),
        (b"PK\x03\x04\xff\xfe", "workbook cannot be read"),
        (b",".join([b"x"] * 400), "columns"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_reason(content, said):
    with pytest.raises(FileError, match=said):
        rows(content)


# --- Workbooks ----------------------------------------------------------------------------------


def test_a_workbook_is_read_with_its_numbers_and_dates():
    content = workbook(
        [
            ["E-mail", "Number", "Since", "Paid", "Rate"],
            ["a@example.com", 12.0, datetime.fromisoformat("2026-04-01T09:30"), True, 1.5],
            [],
            ["b@example.com", 7, date(2026, 4, 1), None, None],
        ]
    )
    assert rows(content) == [
        ["E-mail", "Number", "Since", "Paid", "Rate"],
        [2, "a@example.com", "12", "2026-04-01T09:30:00", "true", "1.5", ""],
        [3, "", "", "", "", "", ""],
        [4, "b@example.com", "7", "2026-04-01T00:00:00", "", "", ""],
    ]


def test_the_first_sheet_with_anything_on_it_is_read_and_the_others_are_mentioned():
    content = workbook([], [["email"], ["a@example.com"]], [["x"]], titles=["Cover", "List", "Old"])
    sheet = sheet_open(content)
    assert [line.cells[0] for line in sheet.rows] == ["a@example.com"]
    assert sheet.notes == ["The workbook has 3 sheets. Only “List” is read."]


def test_a_wrong_size_that_the_workbook_claims_cuts_nothing_off():
    content = workbook([["email", "name"], ["a@example.com", "A"], ["b@example.com", "B"]])
    lying = changed(content, {SHEET: lambda text: text.replace('ref="A1:B3"', 'ref="A1:A2"')})
    assert lying != content
    assert [row[:3] for row in rows(lying)[1:]] == [
        [2, "a@example.com", "A"],
        [3, "b@example.com", "B"],
    ]


def test_cells_beyond_the_heading_are_seen():
    [_heading, row] = rows(workbook([["email"], ["a@example.com", "extra"]]))
    assert row == [2, "a@example.com", "extra"]


def bomb(text):
    entities = "".join(
        f'<!ENTITY x{number} "{f"&x{number - 1};" * 10 if number else "boom"}">'
        for number in range(9)
    )
    head, _, body = text.partition("<worksheet")
    return f"{head}<!DOCTYPE worksheet [{entities}]><worksheet{body}".replace(
        "</sheetData>", "<row><c><v>&x8;</v></c></row></sheetData>"
    )


def test_entities_in_a_workbook_are_refused():
    content = changed(workbook([["email"], ["a@example.com"]]), {SHEET: bomb})
    with pytest.raises(FileError, match="workbook cannot be read"):
        rows(content)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    padding = " " * (import_sheet.UNPACKED_MAX + 1)
    content = changed(workbook([["email"]]), {SHEET: lambda text: text + padding})
    assert len(content) < BYTES_MAX
    with pytest.raises(FileError, match="unpacked"):
        rows(content)


def test_a_row_far_below_the_others_is_refused(monkeypatch):
    monkeypatch.setattr(import_sheet, "ROWS_MAX", 50)
    content = workbook([["email"], ["a@example.com"]])
    far = changed(
        content, {SHEET: lambda text: text.replace('r="2"', 'r="999"').replace("A2", "A999")}
    )
    with pytest.raises(FileError, match="more than 40,000 rows"):
        rows(far)
