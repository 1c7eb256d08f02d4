"""Every text of every e-mail can be read on its background: WCAG's AA, in light and dark."""

import re
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivent_site.colours import CONTRAST_MIN, contrast, validate_readable
from ivent_site.preferences.selectors import DEFAULT_COLOUR
from tests.factories_subscriptions import known
from tests.notifications.every_kind import KINDS, mail_of

MARKDOWN = (
    "# Head\n\n[link](https://x.example) **b** ~~s~~ `c`\n\n> quote\n\n- item\n\n"
    "| a | b |\n|---|---|\n| 1 | [d](https://x.example) |\n\n```\ncode\n```"
)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{((?:[^{}]*\{[^{}]*\})*)\s*\}")
VOID = {"br", "hr", "img", "meta", "link"}
# What browsers give a link without a colour.
BLUE = "#0000ee"


def declarations(text):
    """Colour and background; a later one wins."""
    pairs = (each.partition(":")[::2] for each in text.split(";") if ":" in each)
    return {name.strip(): value.strip() for name, value in pairs}


def rules(css):
    """Selector and declarations."""
    return [
        (selector.strip(), declarations(found[2]))
        for found in RULE.finditer(css)
        for selector in found[1].split(",")
    ]


def is_about(selector, path):
    """Whether “.name” or “.name tag” selects the last element of the path."""
    *outer, own = selector.split()
    own_fits = own == path[-1][0] or own.removeprefix(".") in path[-1][1]
    return own_fits and all(
        any(each.removeprefix(".") in classes for _tag, classes in path[:-1]) for each in outer
    )


class Shown(HTMLParser):
    """Each text of a page with its colour and its background, in the light or the dark."""

    def __init__(self, html, *, dark):
        super().__init__()
        css = html.partition("<style>")[2].partition("</style>")[0]
        plain = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", css)
        self.rules = rules(plain) + (rules(known(DARK.search(css))[1]) if dark else [])
        self.path, self.styles, self.texts = [], [{"color": "#000000"}], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.path.append((tag, (values.get("class") or "").split()))
        style = dict(self.styles[-1]) | ({"color": BLUE} if tag == "a" else {})
        found = [each for selector, each in self.rules if is_about(selector, self.path)]
        inline = declarations(values.get("style") or "")
        for last in (False, True):
            for each in [*found, *([] if last else [inline])]:
                style |= {
                    name: value.removesuffix("!important").strip()
                    for name, value in each.items()
                    if name in {"color", "background"} and value.endswith("!important") is last
                }
        self.styles.append(style)
        if tag in VOID:
            if tag == "img":
                self.handle_data(values["alt"])
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        self.path.pop()
        self.styles.pop()

    def handle_data(self, text):
        if text.strip() and not {"style", "title"} & {tag for tag, _classes in self.path}:
            style = self.styles[-1]
            self.texts.append((text.strip(), style["color"], style["background"]))


def unreadable(mail):
    return [
        (dark, *shown, round(contrast(*shown[1:]), 2))
        for dark in (False, True)
        for shown in Shown(mail.html, dark=dark).texts
        if contrast(*shown[1:]) < CONTRAST_MIN
    ]


def is_accepted(colour):
    try:
        validate_readable(colour)
    except ValidationError:
        return False
    return True


COLOURS = (
    st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}").filter(is_accepted)
    # The lightest there is: 4.54 on white.
    | st.just("#767676")
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("logo", ["", "https://example.com/logo.png"])
def test_each_kind_can_be_read_in_light_and_dark(kind, logo):
    mail = mail_of(kind, text=MARKDOWN, logo_url=logo, colour=DEFAULT_COLOUR, footer="Foot")
    assert unreadable(mail) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(kind=st.sampled_from(KINDS), colour=COLOURS)
def test_so_can_it_with_every_colour_that_the_form_accepts(kind, colour):
    assert unreadable(mail_of(kind, text=MARKDOWN, colour=colour)) == []


def test_a_text_that_cannot_be_read_is_found():
    mail = mail_of("published", text=MARKDOWN, colour="#ffee00")
    assert {colour for _dark, _text, colour, *_ in unreadable(mail)} == {"#ffee00", "#ffffff"}


def test_dark_rules_and_inherited_colours_are_seen():
    shown = Shown(mail_of("cancelled", text=MARKDOWN, colour=DEFAULT_COLOUR).html, dark=True).texts
    by_text = {text: (colour, background) for text, colour, background in shown}
    assert by_text["See the event"] == ("#ffffff", DEFAULT_COLOUR)
    assert by_text["quote"] == ("#e8eaed", "#1e2127")
