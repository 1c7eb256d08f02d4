"""The Django model that stands for a subscription in the admin."""

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ivent_site.dynamodb.store import Path, Prefix, Store, bind
from subscriptions.addresses import address_search_text
from subscriptions.enums import SubscriptionStatus
from subscriptions.tables import EVERYTHING, SubscriptionRow

STATUS_LABELS: Final[dict[SubscriptionStatus, Any]] = {
    SubscriptionStatus.PENDING: _("waits for confirmation"),
    SubscriptionStatus.CONFIRMED: _("confirmed"),
    SubscriptionStatus.LEFT: _("has left"),
    SubscriptionStatus.BOUNCED: _("bounced"),
    SubscriptionStatus.COMPLAINED: _("complained"),
    SubscriptionStatus.SUPPRESSED: _("stopped by staff"),
}


class Subscription(models.Model):
    """Who gets what. Services change it; the admin shows it."""

    id = models.CharField(primary_key=True, max_length=36)
    email = models.CharField(_("e-mail"), max_length=254)
    email_key = models.CharField(_("compared as"), max_length=254)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=[(each.value, name) for each, name in STATUS_LABELS.items()],
    )
    topics = models.JSONField(_("topics"), default=list, blank=True)
    locale = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    consent = models.JSONField(_("consent"), null=True)
    suppression = models.JSONField(_("stopped"), null=True)
    confirmation_sent_at = models.DateTimeField(_("last confirmation mail"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"))
    version = models.IntegerField(default=1)

    class Meta:
        managed = False
        db_table = "subscriptions"
        ordering = ["-created_at"]
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")

    def __str__(self) -> str:
        return self.email


bind(
    Subscription,
    Store(
        row=SubscriptionRow,
        paths=(
            Path(
                index="by_age",
                partition="everything",
                partitions=(EVERYTHING,),
                order="created_at",
            ),
            Path(
                index="by_status",
                partition="status",
                partitions=tuple(SubscriptionStatus),
                order="created_at",
            ),
            Prefix(index="by_email", field="email_key", normalize=address_search_text, initial=2),
        ),
    ),
)
