"""The laptop: everything that AWS does elsewhere."""

from django.apps import AppConfig


class LocalConfig(AppConfig):
    """Its views and commands refuse to work anywhere else."""

    name = "ivent_site.local"
    label = "local"
