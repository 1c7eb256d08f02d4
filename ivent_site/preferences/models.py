"""The Django model that stands for the preferences in the admin."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ivent_site.dynamodb.store import Store, bind
from ivent_site.preferences.tables import PreferencesRow


class SitePreferences(models.Model):
    """The one row, as its form shows it."""

    id = models.CharField(primary_key=True, max_length=10)
    organisation = models.CharField(_("organisation"), max_length=100)
    postal_address = models.CharField(_("postal address"), max_length=200)
    sender_name = models.CharField(_("sender's name"), max_length=100)
    reply_to = models.EmailField(_("reply to"), max_length=254)
    default_timezone = models.CharField(_("time zone"), max_length=64)
    languages = models.JSONField(_("languages"), default=list)
    undo_window_s = models.IntegerField(_("undo window"))
    reminders = models.JSONField(_("reminders"), default=list, blank=True)
    logo_url = models.CharField(_("logo"), max_length=500, blank=True)
    colour = models.CharField(_("colour"), max_length=7)
    footer = models.TextField(_("foot"), max_length=1000, blank=True)
    digest_weekday = models.IntegerField(_("weekly digest"), null=True, blank=True)
    digest_hour = models.IntegerField(_("hour"))
    digest_weeks = models.IntegerField(_("weeks ahead"))
    digest_since = models.DateTimeField(null=True)
    digest_last = models.CharField(null=True)  # noqa: DJ001 - as in the row
    digest_promised = models.CharField(null=True)  # noqa: DJ001 - as in the row
    version = models.IntegerField(default=0)

    class Meta:
        managed = False
        db_table = "preferences"
        verbose_name = _("settings")
        verbose_name_plural = _("settings")

    def __str__(self) -> str:
        return self.organisation


bind(SitePreferences, Store(row=PreferencesRow))
