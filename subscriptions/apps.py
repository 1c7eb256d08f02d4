"""The `subscriptions` app."""

from django.apps import AppConfig
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class SubscriptionsConfig(AppConfig):
    """Who gets what."""

    name = "subscriptions"
    verbose_name = _("Subscribers")

    def ready(self) -> None:
        """Tell whoever is about to remove a topic how many have chosen it."""
        from events.topic_uses import topic_use_register

        topic_use_register(_who_chose)


def _who_chose(topic: str) -> str | None:
    from subscriptions.audience_counts import audience_counts

    number = audience_counts().who_chose(topic)
    if not number:
        return None
    told = ngettext(
        "%(number)s subscriber has chosen it, and keeps the choice.",
        "%(number)s subscribers have chosen it, and keep the choice.",
        number,
    )
    return told % {"number": number_format(number)}
