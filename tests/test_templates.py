"""What holds for every template of ours."""

import re

from django.conf import settings

from tests.catalogues import APPS

# Browsers read a number in these: with the language's separators it would be another one.
_NUMBERS = (
    "aria-valuemax|aria-valuemin|aria-valuenow|cols|cx|cy|height|max|maxlength|min|minlength"
    "|r|rows|size|step|value|viewBox|width|x|x1|x2|y|y1|y2"
)
_ATTRIBUTE = re.compile(rf'(?<![\w-])(?:{_NUMBERS})="([^"{{]*\{{\{{.*?)"(?=[\s>/{{])')
_VALUE = re.compile(r"\{\{\s*(.*?)\s*\}\}")
# They are texts.
_TEXTS = {
    *("chunk.key", "each.id", "event.id", "code", "kind", "letter.message_id", "mail.language"),
    *("copy_id", "correction", "kept", "queue", "row.id"),
    *("status", "value", "to|default_if_none:''"),
}


def test_numbers_for_browsers_are_not_separated_for_people():
    found = set()
    for app in APPS:
        for path in (settings.BASE_DIR / app).rglob("templates/**/*.html"):
            for attribute in _ATTRIBUTE.findall(path.read_text()):
                found |= {(path.name, value) for value in _VALUE.findall(attribute)}
    assert len(found) > 20
    assert {
        each for each in found if each[1] not in _TEXTS and "unlocalize" not in each[1]
    } == set()
