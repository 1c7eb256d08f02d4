"""The `events` app."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events: what there is to announce."""

    name = "events"
