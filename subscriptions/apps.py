"""The `subscriptions` app."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """Who gets what."""

    name = "subscriptions"
