"""Subscribers and imports in the admin."""

from subscriptions.admin.imports import SubscriberImportAdmin
from subscriptions.admin.subscriber import SubscriptionAdmin

__all__ = ["SubscriberImportAdmin", "SubscriptionAdmin"]
