import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.markdown import description_html, description_text
from events.markdown_parser import markdown_links


def link(target, label):
    return f'<a href="{target}" rel="noopener nofollow">{label}</a>'


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**Bold** and *slanted*", "<p><strong>Bold</strong> and <em>slanted</em></p>\n"),
        (
            "[site](https://x.example)",
            '<p><a href="https://x.example" rel="noopener nofollow">site</a></p>\n',
        ),
        (
            "www.x.org",
            '<p><a href="https://www.x.org" rel="noopener nofollow">www.x.org</a></p>\n',
        ),
        ("# A\n\n###### B", "<h2>A</h2>\n<h6>B</h6>\n"),
        ("One\nTwo", "<p>One<br>\nTwo</p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("<b onclick=x>b</b>", "<p>&lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](data:text/html,x)", "<p>[x](data:text/html,x)</p>\n"),
        (
            "![spy](https://x.example/1.png)",
            '<p><a href="https://x.example/1.png" rel="noopener nofollow">spy</a></p>\n',
        ),
        ("a\x00b\ud800c", "<p>abc</p>\n"),
        ("", ""),
    ],
)
def test_html_is_safe(markdown, html):
    assert description_html(markdown) == html


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# Title\n\nSome **bold** `code`.", "Title\n\nSome bold code."),
        ("One\nTwo\\\nThree", "One\nTwo\nThree"),
        ("[site](https://x.example/a)", "site (https://x.example/a)"),
        (
            "<https://x.example> www.x.example a@x.example",
            "https://x.example www.x.example a@x.example",
        ),
        ("- one\n- two\n  - three\n  - four", "• one\n• two\n  • three\n  • four"),
        ("- one\n\n- two", "• one\n• two"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("> said\n> so\n\nbye", "> said\n> so\n\nbye"),
        ("```\n<a> & b\n```\n\n    more", "<a> & b\n\nmore"),
        ("| a | b |\n|---|---|\n| 1 | *2* |", "a | b\n1 | 2"),
        ("one\n\n---\n\ntwo", "one\n\n--------------------\n\ntwo"),
        ("<b>x</b> &amp; y", "<b>x</b> & y"),
        ("a\x00b\ud800c", "abc"),
        ("", ""),
    ],
)
def test_text_is_readable(markdown, text):
    assert description_text(markdown) == text


def test_emphasis_is_nested_as_deep_as_a_description_has_room():
    assert description_text("*a " * 4_000 + "a* " * 2_600).count("a") == 6_600


@pytest.mark.parametrize(
    "part",
    [
        "www.",
        "www.a.de/",
        "www.a://",
        "tel:1",
        "~~a",
        "~~a~~ ",
        "![a](b.c)",
        "[",
        "*a_ ",
        "![[]()",
        "`",
        "<",
        "> ",
        "- ",
        "http://",
        "a@",
        "|a",
        "**",
        "[a](",
    ],
)
def test_hostile_text_is_no_burden(part):
    markdown = (part * 20_000)[:20_000]
    assert isinstance(description_html(markdown), str)
    assert isinstance(description_text(markdown), str)


SITE = "https://x.example/a"
IMAGE = "https://x.example/1.png"


@pytest.mark.parametrize(
    ("markdown", "html", "text"),
    [
        # The label may be how the URL ends, and is the URL only as a whole.
        (
            "[register](https://x.example/register) now",
            f"{link('https://x.example/register', 'register')} now",
            "register (https://x.example/register) now",
        ),
        ("[x.example/a](https://x.example/a)", link(SITE, "x.example/a"), SITE),
        ("[https://x.example/a/](https://x.example/a)", link(SITE, f"{SITE}/"), SITE),
        (SITE, link(SITE, SITE), SITE),
        (f"<{SITE}>", link(SITE, SITE), SITE),
        (f"({SITE}), {SITE}.", f"({link(SITE, SITE)}), {link(SITE, SITE)}.", f"({SITE}), {SITE}."),
        # As written: decoded, a blank would end it.
        (f"{SITE}%20b", link(f"{SITE}%20b", f"{SITE}%20b"), f"{SITE}%20b"),
        (f"<{SITE}/ü>", link(f"{SITE}/%C3%BC", f"{SITE}/ü"), f"{SITE}/ü"),
        (f"[{SITE}/ü]({SITE}/ü)", link(f"{SITE}/%C3%BC", f"{SITE}/ü"), f"{SITE}/%C3%BC"),
        (
            f"[b c]({SITE} 'Title')",
            f'<a href="{SITE}" title="Title" rel="noopener nofollow">b c</a>',
            f"b c ({SITE})",
        ),
        (f"[b][1]\n\n[1]: {SITE}", link(SITE, "b"), f"b ({SITE})"),
        (f"[**b** `c`]({SITE})", link(SITE, "<strong>b</strong> <code>c</code>"), f"b c ({SITE})"),
        (f"[]({SITE})", link(SITE, SITE), SITE),
        # Links without a scheme.
        (
            "www.x.example/a.",
            f"{link('https://www.x.example/a', 'www.x.example/a')}.",
            "www.x.example/a.",
        ),
        (
            "WWW.kultur.berlin",
            link("https://WWW.kultur.berlin", "WWW.kultur.berlin"),
            "WWW.kultur.berlin",
        ),
        ("[b](www.x.example)", link("https://www.x.example", "b"), "b (https://www.x.example)"),
        (
            "README.md, food.It x.com //x.com",
            "README.md, food.It x.com //x.com",
            "README.md, food.It x.com //x.com",
        ),
        ("www. www.x", "www. www.x", "www. www.x"),
        # Two addresses without a space between them.
        (
            "www.x.orghttps://x.example",
            f"{link('https://www.x.orghttps', 'www.x.orghttps')}://x.example",
            "www.x.orghttps://x.example",
        ),
        ("www.x.org://", f"{link('https://www.x.org', 'www.x.org')}://", "www.x.org://"),
        (
            "ftp://x.example <ftp://x.example>",
            "ftp://x.example ftp://x.example",
            "ftp://x.example ftp://x.example",
        ),
        (
            "[b](x.example/a) [c](/d) [e](#f) [g](webcal://x.example)",
            "b (x.example/a) c (/d) e g (webcal://x.example)",
            "b (x.example/a) c (/d) e g (webcal://x.example)",
        ),
        ("[name](optional)", "[name](optional)", "[name](optional)"),
        # Telephones and mailboxes.
        ("[Call](tel:+4930123)", link("tel:+4930123", "Call"), "Call (+4930123)"),
        ("[+49 30 123](tel:+4930123)", link("tel:+4930123", "+49 30 123"), "+49 30 123"),
        (
            "tel:+49-30-123, Tel: 030",
            f"{link('tel:+49-30-123', 'tel:+49-30-123')}, Tel: 030",
            "+49-30-123, Tel: 030",
        ),
        ("<tel:112>", link("tel:112", "tel:112"), "112"),
        (
            "[Ask](mailto:a@x.example?subject=Hi)",
            link("mailto:a@x.example?subject=Hi", "Ask"),
            "Ask (a@x.example)",
        ),
        (
            "[a@x.example](mailto:a@x.example)",
            link("mailto:a@x.example", "a@x.example"),
            "a@x.example",
        ),
        (
            "a@x.org <a@x.example>",
            f"{link('mailto:a@x.org', 'a@x.org')} {link('mailto:a@x.example', 'a@x.example')}",
            "a@x.org a@x.example",
        ),
        ("mailto:a@x.example", link("mailto:a@x.example", "mailto:a@x.example"), "a@x.example"),
        ("[b](mailto:a%02%0D@x.example)", link("mailto:a%02%0D@x.example", "b"), "b (a@x.example)"),
        # Images are links, and in a link they are its label.
        (f"![The *hall*]({IMAGE})", link(IMAGE, "The hall"), f"The hall ({IMAGE})"),
        (f"![]({IMAGE})", link(IMAGE, IMAGE), IMAGE),
        (f"[![The hall]({IMAGE})]({SITE})", link(SITE, "The hall"), f"The hall ({SITE})"),
        (f"[![]({IMAGE})]({SITE})", link(SITE, SITE), SITE),
        (f"[See ![it]({IMAGE}) here]({SITE})", link(SITE, "See it here"), f"See it here ({SITE})"),
        ("![x](javascript:alert)", "![x](javascript:alert)", "![x](javascript:alert)"),
    ],
)
def test_links_lead_somewhere_in_both_parts(markdown, html, text):
    assert description_html(markdown) == f"<p>{html}</p>\n"
    assert description_text(markdown) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("~~19:00~~ 20:00", "20:00"),
        ("From ~~19:00~~ 20:00", "From 20:00"),
        ("From ~~19:00~~, or later ~~x~~", "From, or later"),
        ("De ~~19 h~~ : 20 h", "De : 20 h"),
        ("~~a~~ ~~b~~ c~~d~~ e", "c e"),
        ("~~one~~\ntwo", "two"),
        ("~~one\ntwo~~ three", "three"),
        ("- ~~one~~\n- two", "• two"),
        ("1. one\n2. ~~two~~\n3. three", "1. one\n3. three"),
        ("> ~~said~~\n\nbye", "bye"),
        ("# ~~Title~~\n\ntext", "text"),
        (f"~~[old]({SITE})~~ [~~b~~ c]({SITE})", f"c ({SITE})"),
        (f"[~~old~~]({SITE}) new", "new"),
        ("| ~~a~~ | b |\n|---|---|\n| ~~1~~ 2 | 3 |", " | b\n2 | 3"),
        ("~~all~~", ""),
        ("`~~code~~` \\~~x\\~~", "~~code~~ ~~x~~"),
    ],
)
def test_what_is_struck_out_is_not_in_the_text(markdown, text):
    assert description_text(markdown) == text
    assert "~~" in text or "<s>" in description_html(markdown)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Title\n=====\n\nSub\n---\n\n###### Low #", "Title\n\nSub\n\nLow"),
        ("1. one\n   - a\n   - b\n2. two", "1. one\n   • a\n   • b\n2. two"),
        ("- one\n\n  more\n\n- two", "• one\n\n  more\n• two"),
        ("9. nine\n10. ten\n    - a", "9. nine\n10. ten\n    • a"),
        ("0) zero\n1) one", "0. zero\n1. one"),
        ("- [ ] open\n- [x] done", "• [ ] open\n• [x] done"),
        ("> one\n>> two\n>\n> - three", "> one\n>\n> > two\n>\n> • three"),
        ("- a\n\n      code\n", "• a\n\n  code"),
        ("~~~py\na  b\n\n  c\n~~~", "a  b\n\n  c"),
        ("```\n-- \nx\n```", "--\nx"),
        ("One  \ntwo\\\nthree\nfour", "One\ntwo\nthree\nfour"),
        (
            "un*frigging*believable **a**b snake_case_x 2*3*4",
            "unfriggingbelievable ab snake_case_x 234",
        ),
        ("***a*** _b_ __c__ *d **e***", "a b c d e"),
        (r"\*a\* \[b\](c) \# 1\. \~~x\~~", "*a* [b](c) # 1. ~~x~~"),
        ("&copy; &amp;lt; &#8364; &nope; A&nbsp;B", "© &lt; € &nope; A\xa0B"),
        ("a&#10;b&#12;c&#13;d&#2;e", "a b c d\ufffde"),
        ("Text[^1]\n\n[^1]: Note", "Text[^1]\n\n[^1]: Note"),
        ("| a | b |\n|:--|--:|\n| x \\| y | |\n| 1 |", "a | b\nx | y | \n1 | "),
        ("***\n___", "--------------------\n\n--------------------"),
    ],
)
def test_every_kind_of_markdown_is_readable_as_text(markdown, text):
    assert description_text(markdown) == text


def test_the_targets_of_all_links_are_known_also_those_that_lead_nowhere():
    markdown = f"[a]({SITE}?b&c) ![d]({IMAGE}) [e](/f) www.x.example README.md"
    assert markdown_links(markdown) == [
        f"{SITE}?b&c",
        IMAGE,
        "/f",
        "https://www.x.example",
    ]
    assert markdown_links("") == []


PIECES = (
    *(
        "[",
        "](",
        ")",
        "![",
        "~~",
        "*",
        "`",
        "<",
        ">",
        "\n",
        "- ",
        "| ",
        "www.x.org",
        SITE,
        " ",
        "a",
    ),
    *("mailto:a%02b", "tel:1", "&#2;", "&#13;", "\x00", "\x02", "https://x.example/%00", "[^1]: b"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=100))
@example("www.x.orghttps://x.example/%00")
def test_no_control_character_comes_out_whatever_goes_in(markdown):
    for shown in (description_html(markdown), description_text(markdown)):
        assert {each for each in shown if unicodedata.category(each) == "Cc"} <= {"\n", "\t"}
