"""The `notifications` app."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Announcements, their delivery and its ledger."""

    name = "notifications"
    verbose_name = _("Announcements")

    def ready(self) -> None:
        """Let exports and erasures of a person take in what came of their mails."""
        from notifications.outcomes import recipient_outcomes_erase
        from subscriptions.personal_data import PersonalData, personal_data_register

        personal_data_register(
            PersonalData(name="mails", export=_outcomes, erase=recipient_outcomes_erase)
        )


def _outcomes(subscription_id: str) -> list[dict[str, Any]]:
    from notifications.outcomes import recipient_outcomes

    return [
        {
            "announcement": row.announcement_id,
            "outcome": row.outcome,
            "at": row.at.isoformat(),
            "status": row.status,
            "diagnosis": row.diagnosis,
        }
        for row in recipient_outcomes(subscription_id)
    ]
