"""The Django model that stands for a subscription in the admin."""

from django.db import models

from ivent_site.dynamodb.store import Path, Prefix, Store, bind
from subscriptions.addresses import address_search_text
from subscriptions.enums import SubscriptionStatus
from subscriptions.tables import SubscriptionRow


class Subscription(models.Model):
    """Who gets what. Services change it; the admin shows it."""

    id = models.CharField(primary_key=True, max_length=36)
    email = models.CharField("e-mail", max_length=254)
    email_key = models.CharField("compared as", max_length=254)
    status = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in SubscriptionStatus]
    )
    topics = models.JSONField(default=list, blank=True)
    locale = models.CharField("language", max_length=10)
    timezone = models.CharField("time zone", max_length=64, blank=True)
    consent = models.JSONField(null=True)
    confirmation_sent_at = models.DateTimeField("last confirmation mail", null=True)
    confirmed_at = models.DateTimeField("confirmed", null=True)
    created_at = models.DateTimeField("created")
    updated_at = models.DateTimeField("updated")
    version = models.IntegerField(default=1)

    class Meta:
        managed = False
        db_table = "subscriptions"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email


bind(
    Subscription,
    Store(
        row=SubscriptionRow,
        paths=(
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
