"""What SES refused, on an announcement's page: how many and why, and to send it once more."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from ivent_site.dynamodb.writes import ConflictError
from notifications.admin.steps import Steps, change_url
from notifications.enums import AnnouncementKind
from notifications.models import KIND_LABELS
from notifications.refusals import is_resendable, refusal_text
from notifications.refused import outdated, refusals_of, refused_resend, resendable_of
from notifications.tables import AnnouncementRow

CONFIRMATION: Final = "admin/notifications/announcement/refused_confirmation.html"
RESENT: Final = _("What SES refused is sent once more within a minute or two.")


def refusal_groups(row: AnnouncementRow) -> list[dict[str, Any]]:
    """How many were refused for which reason, in words, the most first."""
    numbers: Counter[tuple[str, bool]] = Counter()
    for reason, number in refusals_of(row).items():
        numbers[refusal_text(reason), is_resendable(reason)] += number
    return [
        {"why": why, "number": number, "resendable": resendable}
        for (why, resendable), number in numbers.most_common()
    ]


class Refusals(Steps):
    """The view behind "Resend to them"."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.refused_view)
        name = "notifications_announcement_refused"
        return [path("<str:object_id>/refused/", view, name=name), *super().get_urls()]

    def refused_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """GET asks, POST has them sent once more."""
        row = self._row(request, object_id)
        too_old = outdated(row, now=datetime.now(UTC))
        if request.method == "POST":
            return self._too_late(request, row) if too_old else self._resend(request, row)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Send once more what SES refused"),
            "opts": self.opts,
            "announcement": row,
            "kind": KIND_LABELS[AnnouncementKind(row.kind)],
            "groups": [each for each in refusal_groups(row) if each["resendable"]],
            "resendable": resendable_of(row),
            "too_old": too_old,
            "back_url": change_url(object_id),
        }
        return TemplateResponse(request, CONFIRMATION, context)

    def _resend(self, request: HttpRequest, row: AnnouncementRow) -> HttpResponseBase:
        try:
            with transaction.atomic():
                refused_resend(row)
                self._log(request, row, RESENT)
        except ConflictError:
            return self._too_late(request, row)
        return self._told(request, row, RESENT)
