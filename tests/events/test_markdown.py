import pytest

from events.markdown import description_html, description_text


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**Bold** and *slanted*", "<p><strong>Bold</strong> and <em>slanted</em></p>\n"),
        (
            "[site](https://x.example)",
            '<p><a href="https://x.example" rel="noopener nofollow">site</a></p>\n',
        ),
        (
            "www.example.com",
            '<p><a href="http://www.example.com" rel="noopener nofollow">www.example.com</a></p>\n',
        ),
        ("# A\n\n###### B", "<h2>A</h2>\n<h6>B</h6>\n"),
        ("One\nTwo", "<p>One<br>\nTwo</p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("<b onclick=x>b</b>", "<p>&lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](data:text/html,x)", "<p>[x](data:text/html,x)</p>\n"),
        (
            "![spy](https://x.example/1.png)",
            '<p>!<a href="https://x.example/1.png" rel="noopener nofollow">spy</a></p>\n',
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
    "part", ["[", "*a_ ", "![[]()", "`", "<", "> ", "- ", "http://", "a@", "|a", "**", "[a]("]
)
def test_hostile_text_is_no_burden(part):
    markdown = (part * 20_000)[:20_000]
    assert isinstance(description_html(markdown), str)
    assert isinstance(description_text(markdown), str)
