"""One list of languages, from which everything else follows."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.conf import settings
from django.test import Client
from django.utils import formats, translation
from django.utils.translation import to_locale

from ivent_site.deployment.pruning import is_needed
from ivent_site.languages import LANGUAGES, language_of
from notifications import phrases

CODES = [code for code, _ in LANGUAGES]
MOMENT = datetime(2026, 12, 7, 18, 30, tzinfo=UTC)


def test_settings_mails_and_the_package_have_the_same_languages():
    assert list(LANGUAGES) == settings.LANGUAGES
    assert list(phrases.LANGUAGES) == CODES
    for code in CODES:
        folder = to_locale(code)
        assert (settings.LOCALE_PATHS[0] / folder / "LC_MESSAGES" / "django.mo").is_file()
        for place in ("ivent_site", "django/conf"):
            assert is_needed(f"{place}/locale/{folder}/LC_MESSAGES/django.mo")


@pytest.mark.parametrize("code", CODES)
def test_a_language_has_one_style_of_dates_in_pages_and_mails(code):
    own = import_module(f"ivent_site.formats.{to_locale(code)}.formats")
    words = phrases.LANGUAGES[code]
    assert words.time_format == own.TIME_FORMAT
    assert words.date_format.endswith(own.DATE_FORMAT)
    assert f"{own.DATE_FORMAT}, {own.TIME_FORMAT} T" == own.DATETIME_FORMAT
    assert words.day_format == formats.get_format("MONTH_DAY_FORMAT", lang=code)
    for name in ("DATE_FORMAT", "TIME_FORMAT", "DATETIME_FORMAT"):
        assert formats.get_format(name, lang=code) == getattr(own, name)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "December 7, 2026, 6:30 PM UTC"),
        ("en-gb", "7 December 2026, 18:30 UTC"),
        ("de", "7. Dezember 2026, 18:30 UTC"),
        ("fr", "7 décembre 2026, 18:30 UTC"),
        ("es", "7 de diciembre de 2026, 18:30 UTC"),
    ],
)
def test_a_moment_is_written_as_the_language_writes_it_with_its_zone(code, text):
    with translation.override(code):
        assert formats.localize(MOMENT) == text


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        *(("en", "en"), ("en-US", "en"), ("en_CA", "en"), ("", "en"), ("xx", "en"), ("x-gb", "en")),
        *(("en-gb", "en-gb"), ("en_GB", "en-gb"), ("en-AU", "en-gb"), ("EN-IE", "en-gb")),
        *(("de", "de"), ("de_AT", "de"), ("fr-CA", "fr"), ("es-419", "es"), ("de-GB", "de")),
    ],
)
def test_a_locale_leads_to_the_closest_language(locale, language):
    assert language_of(locale) == language


@pytest.mark.parametrize(
    ("browser", "language"),
    [
        ("en-GB,en;q=0.9", "en-gb"),
        ("en-AU,en;q=0.9", "en-gb"),
        ("en-NZ", "en-gb"),
        ("en-IE,ga;q=0.5", "en-gb"),
        ("en-US,en;q=0.9", "en"),
        ("en", "en"),
        ("de-CH,en-GB;q=0.8", "de"),
        ("nl,en-AU;q=0.8", "en-gb"),
    ],
)
def test_a_browser_gets_the_english_of_its_region(aws, browser, language):
    reply = Client(headers={"accept-language": browser}).get("/subscribe")
    assert f'<html lang="{language}">' in reply.content.decode()
