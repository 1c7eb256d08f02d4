"""Numbers of every day, kept by those who cause them."""

from django.apps import AppConfig


class CountersConfig(AppConfig):
    """So that its table is found."""

    name = "ivent_site.counters"
