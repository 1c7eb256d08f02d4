"""The `events` app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Events: what there is to announce."""

    name = "events"
    verbose_name = _("Events")
