"""The Django model that stands for a subscription in the admin."""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ivent_site.dynamodb.store import Parts, Path, Store, bind
from subscriptions.enums import Frequency, ImportKind, ImportState, SubscriptionStatus
from subscriptions.search import search_fold, search_parts
from subscriptions.tables import (
    EVERYTHING,
    IMPORTS_PARTITION,
    ImportRow,
    SearchRow,
    SubscriptionRow,
)
from subscriptions.validators import NAME_CHARS

STATUS_LABELS: Final[dict[SubscriptionStatus, Any]] = {
    SubscriptionStatus.PENDING: _("waits for confirmation"),
    SubscriptionStatus.CONFIRMED: _("confirmed"),
    SubscriptionStatus.LEFT: _("has left"),
    SubscriptionStatus.BOUNCED: _("bounced"),
    SubscriptionStatus.COMPLAINED: _("complained"),
    SubscriptionStatus.SUPPRESSED: _("stopped by staff"),
}

FREQUENCY_CHOICES: Final[list[tuple[str, Any]]] = [
    (Frequency.AT_ONCE.value, _("Each event at once")),
    (Frequency.WEEKLY.value, _("Once a week, in a digest")),
]


class Subscription(models.Model):
    """Who gets what. Services change it; the admin shows it."""

    id = models.CharField(primary_key=True, max_length=36)
    email = models.CharField(_("e-mail"), max_length=254)
    email_key = models.CharField(_("compared as"), max_length=254)
    name = models.CharField(_("name"), max_length=NAME_CHARS, blank=True)
    # Made of the name and the address, and never stored with them.
    searched = models.CharField(_("name or address"), max_length=500, editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=[(each.value, name) for each, name in STATUS_LABELS.items()],
    )
    topics = models.JSONField(_("topics"), default=list, blank=True)
    locale = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    frequency = models.CharField(
        _("how often"),
        max_length=10,
        choices=FREQUENCY_CHOICES,
        default=Frequency.AT_ONCE.value,
    )
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
        return person_text(name=self.name, email=self.email)


def person_text(*, name: str, email: str) -> str:
    """Whom the staff see: the name, if there is one, and the address."""
    return f"{name} ({email})" if name else email


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
            Parts(entries=SearchRow, field="searched", fold=search_fold, parts=search_parts),
        ),
    ),
)


IMPORT_LABELS: Final[dict[ImportState, Any]] = {
    ImportState.UPLOADED: _("uploaded"),
    ImportState.CHECKED: _("checked"),
    ImportState.RUNNING: _("under way"),
    ImportState.STOPPED: _("stopped"),
    ImportState.DONE: _("done"),
}


KIND_LABELS: Final[dict[ImportKind, Any]] = {
    ImportKind.PEOPLE: _("subscribers"),
    ImportKind.DO_NOT_MAIL: _("a do-not-mail list"),
    ImportKind.RESTORE: _("an export of Ivent to restore"),
}


class SubscriberImport(models.Model):
    """A file of addresses, as it was checked, and how far its import is."""

    key = models.CharField(primary_key=True, max_length=36)
    name = models.CharField(_("file"), max_length=100)
    kind = models.CharField(
        _("what is in it"),
        max_length=10,
        choices=[(each.value, name) for each, name in KIND_LABELS.items()],
        default=ImportKind.PEOPLE.value,
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(each.value, name) for each, name in IMPORT_LABELS.items()],
    )
    columns = models.JSONField(_("columns"), default=list)
    notes = models.JSONField(_("notes"), default=list)
    consent = models.JSONField(_("declared consent"), null=True)
    rows = models.IntegerField(_("rows to import"), default=0)
    problems = models.JSONField(_("problems"), default=list)
    wrong = models.IntegerField(_("rows left out"), default=0)
    reasons = models.JSONField(_("why"), default=dict)
    checked_as = models.CharField(max_length=36, null=True)  # noqa: DJ001 - absent, as in the row
    parts = models.IntegerField(default=0)
    position = models.IntegerField(default=0)
    added = models.IntegerField(_("done"), default=0)
    known = models.IntegerField(_("left as they were"), default=0)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"))
    # Of the problems, in their order, where a page has read them.
    values: Sequence[str] = ()

    class Meta:
        managed = False
        db_table = "imports"
        ordering = ["-key"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.name

    @property
    def done(self) -> int:
        """How many people the workers have seen to."""
        return self.added + self.known

    @property
    def not_read(self) -> list[str]:
        """The headings of the columns that nothing was read from."""
        return [name for name, field in self.columns if not field and name]


def _import_key(key: Any) -> tuple[str, Any]:
    return IMPORTS_PARTITION, key


bind(
    SubscriberImport,
    Store(
        row=ImportRow,
        key=_import_key,
        paths=(Path(partition="partition", partitions=(IMPORTS_PARTITION,), order="key"),),
    ),
)
