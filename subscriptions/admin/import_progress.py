"""How far an import is, in words that claim no more than what is done."""

from math import ceil
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from subscriptions.enums import ImportKind, ImportState
from subscriptions.imports import PART_SIZE, PAUSE_S
from subscriptions.models import SubscriberImport

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[SubscriberImport]
else:
    _Base = object

_TEMPLATE: Final = "admin/subscriptions/progress.html"
# A screen reader hears of each of these steps, and of the end.
_SAY_EVERY_PERCENT: Final = 10


class ProgressPart(_Base):
    """The part of an import's page that keeps itself up to date."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.progress_view)
        name = "subscriptions_subscriberimport_progress"
        return [path("<str:object_id>/progress/", view, name=name), *super().get_urls()]

    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How far the import is. Once it has ended, the page is loaded again, with its report."""
        each = self.get_object(request, object_id)
        if each is None or not self.has_view_permission(request, each):
            raise Http404
        context = progress_context(each)
        context["say"] = str(context["step"]) != request.GET.get("said")
        response = TemplateResponse(request, _TEMPLATE, context)
        if request.headers.get("HX-Request") and each.state != ImportState.RUNNING:
            response["HX-Refresh"] = "true"
        return response


def progress_context(each: SubscriberImport) -> dict[str, Any]:
    """What the part shows."""
    percent = 100 * each.done // each.rows if each.rows else 0
    return {
        "import": each,
        "lead": _lead(each),
        "outcome": _outcome(each) if each.done else "",
        "step": percent // _SAY_EVERY_PERCENT,
        "is_running": each.state == ImportState.RUNNING,
        "has_begun": each.state not in (ImportState.UPLOADED, ImportState.CHECKED),
    }


def _lead(each: SubscriberImport) -> str:
    counts = {"done": number_format(each.done), "rows": number_format(each.rows)}
    if each.state == ImportState.CHECKED and not each.rows:
        return _("The file has no row that can be imported.")
    if each.state == ImportState.CHECKED:
        return (
            ngettext(
                "Nothing is imported yet. %(rows)s row can be imported once you start.",
                "Nothing is imported yet. %(rows)s rows can be imported once you start.",
                each.rows,
            )
            % counts
        )
    if each.state == ImportState.STOPPED:
        return _("Stopped after %(done)s of %(rows)s rows. It can go on for a day.") % counts
    if each.state == ImportState.RUNNING:
        minutes = ceil((each.rows - each.done) * PAUSE_S / PART_SIZE / 60)
        left = ngettext("about %(number)s minute left", "about %(number)s minutes left", minutes)
        counts["left"] = left % {"number": number_format(minutes)}
        return _("Importing: %(done)s of %(rows)s rows so far, %(left)s.") % counts
    return _("Finished: %(done)s of %(rows)s rows.") % counts


def _outcome(each: SubscriberImport) -> str:
    counts = {"added": number_format(each.added), "known": number_format(each.known)}
    if each.kind == ImportKind.DO_NOT_MAIL:
        return _("%(added)s stopped; %(known)s were stopped before, or have complained.") % counts
    if each.kind == ImportKind.RESTORE:
        return _("%(added)s restored; %(known)s were here already and stay as they are.") % counts
    if each.consent:
        return _("%(added)s subscribed; %(known)s were here already and stay as they are.") % counts
    return (
        _(
            "%(added)s are being asked by e-mail, which takes some minutes, and are subscribed only"
            " once they confirm; %(known)s are here already or have left, and are not asked."
        )
        % counts
    )
