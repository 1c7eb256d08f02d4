"""The `notifications` app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Announcements, their delivery and its ledger."""

    name = "notifications"
