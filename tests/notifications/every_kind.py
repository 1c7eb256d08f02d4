"""An e-mail of every kind, in the layout that an admin has set."""

from typing import Any

from events.enums import EventStatus
from ivent_site.preferences.selectors import preferences_remember
from ivent_site.preferences.tables import PreferencesRow
from notifications.confirmation_letters import confirmation_mail
from notifications.digest_letters import DigestLetters
from subscriptions.enums import MailKind
from subscriptions.services import ConfirmationMail
from tests.notifications.test_digest_letters import make_listed
from tests.notifications.test_rendering import make_recipient, make_snapshot, render

KINDS = ("published", "changed", "cancelled", "reminder", "message", "digest", *MailKind)


def make_preferences(**values):
    plain: dict[str, Any] = {
        "organisation": "Ivent Community",
        "postal_address": "1 Example Street",
        "sender_name": "Ivent Community",
        "reply_to": "club@example.com",
        "default_timezone": "UTC",
        "languages": ["en"],
        "undo_window_s": 0,
        "reminders": [],
        "logo_url": "",
        "colour": "#0b5d1e",
        "footer": "",
    }
    return PreferencesRow(**plain | values)


def mail_of(kind, *, title="Summer fair", text="Come *all*.", locale="en", **preferences):
    """A mail of the kind that says the title and the text wherever it can."""
    row = make_preferences(**preferences)
    preferences_remember(row)
    reader = make_recipient(locale=locale, timezone="America/New_York")
    if kind in [*MailKind]:
        link = "" if kind == MailKind.ALREADY_CONFIRMED else "https://ivent.example/confirm/x"
        changes = {"timezone": "Europe/Paris"} if kind == MailKind.CHANGE else {}
        return confirmation_mail(
            ConfirmationMail(kind=kind, recipient=reader, confirm_url=link, changes=changes)
        )
    if kind == "digest":
        events = [
            make_listed(title=title, location=title, topics={"a": title}, is_further=far)
            for far in (False, True)
        ]
        letters = DigestLetters(announcement_id="d", slot=events[0].starts_at, events=events)
        return letters.mail(reader, tags={})
    status = EventStatus.CANCELLED if kind == "cancelled" else EventStatus.PUBLISHED
    return render(
        make_snapshot(status, title=title, location=title, description=text),
        kind=kind,
        changes=[{"field": "title", "old": row.organisation, "new": title}]
        if kind == "changed"
        else [],
        note=text,
        subject=title,
        locale=locale,
        timezone=reader.timezone,
    )
