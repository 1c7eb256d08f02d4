"""Staff, tokens and rights, from Cognito."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CognitoConfig(AppConfig):
    """Connects what signing out does, and the deploy checks."""

    name = "ivent_site.cognito"
    label = "cognito"
    verbose_name = _("Staff")

    def ready(self) -> None:
        from ivent_site import checks  # noqa: F401 - registers its checks
        from ivent_site.cognito import signals  # noqa: F401 - connects its receivers
