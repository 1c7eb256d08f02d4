"""The part of the first page that asks other services: SES, the queues, the breaker."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.breaker import breaker_get
from notifications.dead_letters import QUEUES, dead_letters_count
from notifications.models import Announcement
from notifications.quota import quota_text
from notifications.reasons import reason_text
from notifications.transports.account import Account, AccountUnknownError, account_get
from subscriptions.setup_stops import setup_stops_count, setup_stops_number

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

_TEMPLATE: Final = "admin/notifications/health.html"
# A line of the list, and where it leads.
Item = tuple[str, str]


class Health(_Base):
    """The view of the part."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.health_view)
        return [path("health/", view, name="dashboard_health"), *super().get_urls()]

    def health_view(self, request: HttpRequest) -> HttpResponseBase:
        """What other services say that needs a person."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            account: Account | None = account_get()
        except AccountUnknownError:
            account = None
        breaker = breaker_get()
        context = {
            "breaker": breaker,
            "breaker_is_open": breaker.is_open(now=datetime.now(UTC)),
            "items": [*_account_items(account), *_setup_items(), *_queue_items()],
            "quota": quota_text(account) if account else "",
            # Whether something stands above this part already.
            "is_more": "more" in request.GET,
        }
        return TemplateResponse(request, _TEMPLATE, context)


def _account_items(account: Account | None) -> list[Item]:
    if account is None:
        return [(_("SES does not answer: look at its console."), "")]
    items: list[Item] = []
    if account.stopped:
        items.append((reason_text(account.stopped), ""))
    if account.sandbox:
        text = _("SES has the account in its sandbox: only verified readers get mails.")
        items.append((text, ""))
    return items


def _setup_items() -> list[Item]:
    count = setup_stops_count()
    if not count:
        return []
    text = ngettext(
        "%(count)s subscriber was stopped by a bounce that points to our own e-mail set-up",
        "%(count)s subscribers were stopped by bounces that point to our own e-mail set-up",
        count,
    ) % {"count": setup_stops_number(count)}
    return [(text, reverse("admin:setup_stops"))]


def _queue_items() -> list[Item]:
    items = []
    for queue in QUEUES:
        try:
            count = dead_letters_count(queue)
        except (ClientError, BotoCoreError):
            items.append((_("The queue %(queue)s does not answer.") % {"queue": queue}, ""))
            continue
        if count:
            text = ngettext(
                "%(count)s dead letter of the queue %(queue)s",
                "%(count)s dead letters of the queue %(queue)s",
                count,
            ) % {"count": number_format(count), "queue": queue}
            url = f"{reverse('admin:dead_letters')}?{urlencode({'queue': queue})}"
            items.append((text, url))
    return items
