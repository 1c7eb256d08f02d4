"""What people agree to when they subscribe: the text and its version, in one place."""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext

from ivent_site.preferences.selectors import preferences_get

# Changes with every change of the text's meaning; it stands in each consent record.
CONSENT_TEXT_VERSION: Final = "2026-11.2"


def consent_text() -> str:
    """The text beside the button, in the reader's language."""
    return gettext(
        "%(organisation)s sends you e-mails about the events of the kinds you chose, and when one "
        "changes or is cancelled. We keep your address for that and nothing else. You can "
        "unsubscribe at any time with the link in every e-mail."
    ) % {"organisation": preferences_get().organisation}


def consent_elsewhere(source: str, at: datetime) -> dict[str, Any]:
    """A consent that was given elsewhere, as it is recorded here at this moment."""
    return {
        "text_version": "",
        "at": at.isoformat(),
        "source": source,
        "ip_hash": "",
        "requested_at": "",
        "requested_ip_hash": "",
    }
