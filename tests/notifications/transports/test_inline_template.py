import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications import mails
from notifications.mails import Letter, mark
from notifications.mime import UnmailableError
from notifications.transports.inline_template import inline_template
from tests.sinks.ses_rules import render

URL = "https://ivent.example/leave/x"
# What a reader of event texts may find in them, and pieces that could go wrong together.
PIECES = st.lists(
    st.sampled_from(["{", "}", "{{", "}}", "\\", "leave_url", "x", " ", "\n", mark("leave_url")])
).map("".join)


def letter(**parts):
    return Letter(
        **{"language": "en", "sender_name": "N", "subject": "S", "text": "T", "html": "<p>H</p>"}
        | parts
    )


def rendered(a_letter, values):
    template = inline_template(a_letter)
    data = json.loads(template.data(values, {}))
    return tuple(render(part, data) for part in (template.subject, template.text, template.html))


def test_marks_are_variables_and_html_has_escaped_ones_of_its_own():
    body = f"Bye: {mark('leave_url')}"
    template = inline_template(letter(text=body, html=body))
    assert (template.text, template.html) == ("Bye: {{leave_url}}", "Bye: {{leave_url_html}}")
    assert template.data({"leave_url": "https://x.example/?a=1&b=2"}, {}) == (
        '{"leave_url": "https://x.example/?a=1&b=2",'
        ' "leave_url_html": "https://x.example/?a=1&amp;b=2"}'
    )


def test_what_people_wrote_is_no_variable():
    text = "{{name}} {{{x}}} {#if} }} \\{{y}} {one}" + mark("leave_url") + "}"
    shown = text.replace(mark("leave_url"), URL)
    a_letter = letter(subject="{{name}}", text=text, html=text)
    assert rendered(a_letter, {"leave_url": URL}) == ("{{name}}", shown, shown)
    assert "{one}" not in inline_template(a_letter).text


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(subject=PIECES.map(lambda text: text.replace(mark("leave_url"), "")), body=PIECES)
def test_any_text_comes_out_as_it_went_in(subject, body):
    shown = body.replace(mark("leave_url"), URL)
    a_letter = letter(subject=subject, text=body, html=body)
    assert rendered(a_letter, {"leave_url": URL}) == (subject, shown, shown)


def test_a_value_with_braces_is_not_read_again():
    a_letter = letter(text=mark("when") + mark("leave_url"))
    assert rendered(a_letter, {"when": "{{leave_url}}", "leave_url": "x"})[1] == "{{leave_url}}x"


def test_a_variable_without_a_value_is_refused_before_any_call():
    a_letter = letter(html=mark(mails.LEAVE_URL))
    with pytest.raises(UnmailableError):
        inline_template(a_letter).data({mails.PREFERENCES_URL: URL}, {})


def test_a_broken_mark_is_refused():
    with pytest.raises(UnmailableError):
        inline_template(replace(letter(), text="\x02Not a name\x03"))
