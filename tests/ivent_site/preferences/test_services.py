import time

import pytest
from django.conf import settings

from ivent_site.dynamodb.writes import ConflictError
from ivent_site.preferences.selectors import preferences_get, preferences_remember
from ivent_site.preferences.services import preferences_update
from tests.dynamodb_calls import dynamodb_calls

pytestmark = pytest.mark.usefixtures("aws")


def test_without_a_row_the_settings_hold(settings):
    settings.ORGANISATION, settings.UNDO_WINDOW_S = "Verein", 90
    preferences = preferences_get()
    assert (preferences.organisation, preferences.sender_name) == ("Verein", "Verein")
    assert (preferences.undo_window_s, preferences.version) == (90, 0)
    assert preferences.languages == ("en", "en-gb", "de", "fr", "es")


def test_what_is_set_holds_over_the_settings_and_the_rest_stays():
    preferences_update(version=0, organisation="Chess club", reminders=(10080, 1440))
    preferences_update(version=1, undo_window_s=0)
    preferences = preferences_get()
    assert (preferences.organisation, preferences.reminders) == ("Chess club", (10080, 1440))
    assert (preferences.undo_window_s, preferences.version) == (0, 2)
    assert preferences.postal_address == settings.POSTAL_ADDRESS


def test_who_chose_from_older_preferences_is_refused():
    preferences_update(version=0, organisation="First")
    with pytest.raises(ConflictError):
        preferences_update(version=0, organisation="Second")
    assert preferences_get().organisation == "First"


def test_they_are_read_once_in_half_a_minute(monkeypatch):
    preferences_update(version=0, organisation="First")
    now = time.monotonic()
    with dynamodb_calls() as calls:
        for _ in range(3):
            assert preferences_get().organisation == "First"
    assert calls == {}
    preferences_remember(None)
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    with dynamodb_calls() as calls:
        for _ in range(3):
            assert preferences_get().organisation == "First"
    assert calls == {"GetItem": 1}
