"""The public pages in every language that is offered."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from subscriptions.consent import consent_text
from subscriptions.forms import PreferencesForm, SubscribeForm

FOLDERS = ("ivent_site/templates", "events/templates")
TRANSLATED = re.compile(r"""{% translate (["'])(.*?)\1""")
OTHERS = [code for code, _ in settings.LANGUAGES if not code.startswith("en")]


def texts():
    pages = [path for folder in FOLDERS for path in (settings.BASE_DIR / folder).rglob("*.html")]
    found = {match[2] for path in pages for match in TRANSLATED.finditer(path.read_text())}
    fields = {**SubscribeForm.base_fields, **PreferencesForm.base_fields}
    for name in fields.keys() - {"website"}:
        found |= {str(fields[name].label), str(fields[name].help_text)}
    return found - {""}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_public_pages_is_translated(language):
    with translation.override(settings.LANGUAGE_CODE):
        known = {text: translation.gettext(text) for text in texts()}
        consent = consent_text()
    with translation.override(language):
        left = {text for text in known if translation.gettext(text) == text}
        assert consent_text() != consent
    # The same word in both.
    assert left - {"Name", "Pages"} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_page_says_its_language(language):
    with translation.override(language):
        page = render_to_string("404.html")
    assert f'<html lang="{language}">' in page
    assert "There is nothing here" not in page
