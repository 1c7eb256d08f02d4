"""Changing the preferences."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from ivent_site.dynamodb.writes import ConflictError, put
from ivent_site.preferences.digest import digest_rescheduled
from ivent_site.preferences.selectors import Preferences, preferences_now, preferences_remember
from ivent_site.preferences.tables import SITE, PreferencesRow


def preferences_update(*, version: int, **values: Any) -> Preferences:
    """The preferences with the values, which the form has checked; the others stay.

    `version` is that of the preferences which the values were chosen from: ConflictError if
    there are newer ones.
    """
    before = preferences_now()
    if before.version != version:
        raise ConflictError("The preferences have been changed since.")
    now = datetime.now(UTC)
    wanted = replace(before, **values, version=version + 1)
    preferences = digest_rescheduled(before, wanted, now=now)
    row = _row(preferences, now)
    unchanged = PreferencesRow.version == version
    put(row, condition=unchanged if version else PreferencesRow.id.does_not_exist())
    transaction.on_commit(lambda: preferences_remember(row))
    return preferences


def _row(preferences: Preferences, now: datetime) -> PreferencesRow:
    values = asdict(preferences)
    for name in ("languages", "reminders"):
        values[name] = list(values[name])
    return PreferencesRow(id=SITE, updated_at=now, **values)
