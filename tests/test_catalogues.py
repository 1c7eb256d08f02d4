"""Every text that the code shows to people is translated into every language."""

import re
from gettext import GNUTranslations
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import gettext, override

from events.followup_forms import MessageForm, PublishAtForm, RepeatForm
from events.forms import EventForm
from events.models import Event
from events.topic_forms import TopicForm
from ivent_site.preferences.forms import SitePreferencesForm
from subscriptions.admin.forms import EraseForm, InviteForm, ReasonForm, SubscriptionForm
from subscriptions.forms import PreferencesForm
from subscriptions.import_forms import UploadForm
from tests.catalogues import Message, messages_in_code

OTHERS = [code for code, _ in settings.LANGUAGES if not code.startswith("en")]
BRITISH = re.compile(
    r"colour|organis(?!ation\)s)|favour|centre\b|recognis|behaviour", re.IGNORECASE
)
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@pytest.fixture(scope="module")
def messages() -> set[Message]:
    return set(messages_in_code())


def catalogue(language: str) -> dict[Any, str]:
    """What the compiled catalogue has: untranslated and fuzzy texts are not in it."""
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        found: dict[Any, str] = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in found.items() if key != ""}


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_has_every_text_and_no_other(language, messages):
    wanted = {each.singular for each in messages if each.plural is None}
    wanted |= {(each.singular, form) for each in messages if each.plural for form in (0, 1)}
    found = catalogue(language)
    assert set(found) == wanted
    assert all(text.strip() for text in found.values())


def test_american_english_spells_its_own_way_and_british_english_as_the_code_does(messages):
    texts = {text for message in messages for text in message if text}
    british = {text for text in texts if BRITISH.search(text)}
    american = catalogue("en")
    assert set(american) == british
    assert not [text for text in american.values() if BRITISH.search(text)]
    assert catalogue("en_GB") == {text: text for text in british}
    with override("en-gb"):
        assert {gettext(text) for text in british} == british


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_the_places_for_values(language):
    wrong = []
    for key, text in catalogue(language).items():
        source, form = key if isinstance(key, tuple) else (key, 1)
        places, theirs = set(PLACES.findall(source)), set(PLACES.findall(text))
        # Of one thing, the number itself may be left out; a plural may say more.
        if theirs != places and not (isinstance(key, tuple) and (form or theirs <= places)):
            wrong.append(key)
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_is_that_of_the_text(language):
    text = (settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po").read_text()
    sources = {key[0] if isinstance(key, tuple) else key for key in catalogue(language)}
    assert len(re.findall(r"^msgid ", text, re.MULTILINE)) == len(sources) + 1
    assert "#, fuzzy" not in text
    for translated in catalogue(language).values():
        line = translated.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        assert f'"{line}"' in text


def test_names_of_models_are_translated_when_they_are_shown():
    with override("de"):
        assert str(Event._meta.verbose_name_plural) == "Veranstaltungen"


def test_a_text_with_a_number_in_it_is_put_together_when_it_is_shown():
    with override("de"):
        help_text = str(UploadForm.base_fields["file"].help_text)
    assert help_text.endswith("Höchstens 4 MB; teilen Sie auf, was größer ist.")


@pytest.mark.parametrize(
    "form",
    [
        *(EventForm, MessageForm, PublishAtForm, RepeatForm, TopicForm, UploadForm),
        *(
            EraseForm,
            InviteForm,
            ReasonForm,
            SubscriptionForm,
            PreferencesForm,
            SitePreferencesForm,
        ),
    ],
)
def test_no_field_is_called_as_the_code_calls_it(form):
    shown = {name: each for name, each in form.base_fields.items() if not each.widget.is_hidden}
    assert shown
    assert [name for name, each in shown.items() if each.label is None] == []
