"""What admins set for the whole site."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreferencesConfig(AppConfig):
    """One row of settings."""

    name = "ivent_site.preferences"
    verbose_name = _("Settings")
