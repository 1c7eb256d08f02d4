"""The words of each language, as e-mails of every kind put them together."""

import re

import pytest

from notifications.phrases import LANGUAGES
from tests.notifications.every_kind import KINDS, mail_of

COLON = re.compile(r"(\s?):(?=\s)")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_space_before_a_colon_is_french(kind, language):
    mail = mail_of(kind, locale=language)
    found = COLON.findall(mail.text)
    assert found
    assert {bool(space) for space in found} == {language == "fr"}
