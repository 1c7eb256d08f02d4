"""Header values come back from mail programs as they went in."""

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivent_site.header_text import UNSAFE
from notifications.headers import decoded, encoded, folded, mailbox

ADDRESS = "events@ivent.example"
# Words that make headers fold, and characters that mean something in them.
WORDS = ("Fête", "Café", "l’Été", "à", "été :", "A", "=", "?", "_", "  ", '"', "\\", "(x)", "<a@b>")
LINES = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200),
    st.lists(st.sampled_from((*WORDS, "🎉" * 30, "x" * 90)), min_size=1, max_size=30).map(" ".join),
).filter(lambda text: not UNSAFE.search(text))


def written(name, value):
    field = folded(name, value)
    assert field.isascii()
    return field


@given(LINES)
def test_any_text_comes_back_from_both_parsers_of_python(text):
    field = written("Subject", encoded(text, name="Subject"))
    assert max(map(len, field.split("\r\n"))) <= 76
    raw = field.encode() + b"\r\n"
    assert decoded(message_from_bytes(raw)["Subject"]) == text
    assert str(message_from_bytes(raw, policy=policy.default)["Subject"]) == text


@given(LINES)
def test_any_name_stands_beside_its_address(name):
    field = written("From", mailbox(name, ADDRESS))
    assert max(map(len, field.split("\r\n"))) <= 78
    phrase, _space, address = message_from_bytes(field.encode() + b"\r\n")["From"].rpartition(" ")
    assert address == f"<{ADDRESS}>"
    phrase = phrase.strip()
    assert decoded(phrase.removeprefix('"').removesuffix('"')) == name
    # Every encoded word is one by itself, whatever surrounds it.
    assert all(len(word) <= 75 and word.isascii() for word in phrase.split())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("New event: Summer fair", "New event: Summer fair"),
        ("Fête", "=?utf-8?b?RsOqdGU=?="),
        ("A  B", "=?utf-8?q?A__B?="),
        ("A ", "=?utf-8?q?A_?="),
        ("1 + 1 =", "=?utf-8?q?1_+_1_=3D?="),
    ],
)
def test_plain_text_stays_plain_and_all_else_is_encoded_as_a_whole(text, value):
    assert encoded(text, name="Subject") == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", ADDRESS),
        ("Ivent Community", f"Ivent Community <{ADDRESS}>"),
        ("Fair, e.V.", f'"Fair, e.V." <{ADDRESS}>'),
        ('The "Club"', f"=?utf-8?q?The_=22Club=22?= <{ADDRESS}>"),
        ("Grüße", f"=?utf-8?b?R3LDvMOfZQ==?= <{ADDRESS}>"),
    ],
)
def test_a_name_is_atoms_a_quoted_string_or_encoded_words(name, value):
    assert mailbox(name, ADDRESS) == value


def test_a_long_plain_subject_is_folded_between_words():
    field = folded("Subject", encoded("word " * 40 + "end", name="Subject"))
    assert [len(line) for line in field.splitlines()] == [73, 75, 64]
    assert field.replace("\r\n", "") == "Subject: " + "word " * 40 + "end"
