"""The laptop: everything that AWS does elsewhere."""

from django.apps import AppConfig


class LocalConfig(AppConfig):
    name = "ivent_site.local"
    label = "local"
