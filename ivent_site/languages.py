"""The languages of the project: settings, e-mails and the package for AWS follow this list.

A language needs, beside its entry here: a folder in `ivent_site/locale/`, one in
`ivent_site/formats/` for its dates, and its e-mail texts in `notifications/phrases.py`. The tests
say what is missing. The texts in the code are British; the catalogue of American English holds
what Americans spell otherwise, and that of British English takes just that back, because gettext
looks into "en" for "en_GB".
"""

from typing import Final

DEFAULT_LANGUAGE: Final = "en"
BRITISH: Final = "en-gb"
LANGUAGES: Final[tuple[tuple[str, str], ...]] = (
    ("en", "English (US)"),
    (BRITISH, "English (UK)"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
)
# Where people write the day before the month, and "colour" (CLDR's en-001).
BRITISH_REGIONS: Final = frozenset(
    {"au", "gb", "hk", "ie", "in", "mt", "my", "ng", "nz", "sg", "uk", "za"}
)
_CODES: Final = frozenset(code for code, _ in LANGUAGES)


def language_of(locale: str) -> str:
    """The language for a locale as programs spell it: "de" for "de_AT", "en-gb" for "en-AU"."""
    language, *more = locale.replace("_", "-").lower().split("-")
    if language == DEFAULT_LANGUAGE and BRITISH_REGIONS.intersection(more):
        return BRITISH
    return language if language in _CODES else DEFAULT_LANGUAGE


def browser_fallbacks() -> dict[str, dict[str, list[str]]]:
    """What Django's LANG_INFO needs, so that a browser in Australian English gets British."""
    regions = BRITISH_REGIONS - {BRITISH.partition("-")[2]}
    return {f"{DEFAULT_LANGUAGE}-{region}": {"fallback": [BRITISH]} for region in regions}


def locale_folders() -> frozenset[str]:
    """The names of the folders that translations into these languages are in: "de", "en_GB"."""
    folders = set()
    for code in _CODES:
        language, _, region = code.partition("-")
        folders |= {language, f"{language}_{region.upper()}"} if region else {language}
    return frozenset(folders)
