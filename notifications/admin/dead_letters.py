"""Dead letters in the admin: the list names nobody; what a message says, admins may read."""

import json
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.dead_letters import (
    QUEUES,
    NotSentBackError,
    dead_letter_body,
    dead_letters_count,
    dead_letters_list,
    dead_letters_send_back,
)
from notifications.models import Announcement

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Announcement]
else:
    _Base = object

_PAGE: Final = "admin/notifications/dead_letters.html"
SHOWN: Final = 50
SENT_BACK_AT_ONCE: Final = 500


class DeadLetters(_Base):
    """The views."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("dead-letters/", wrap(self.dead_letters_view), name="dead_letters"),
            path("dead-letters/read/", wrap(self.read_view), name="dead_letters_read"),
            path(
                "dead-letters/send-back/", wrap(self.send_back_view), name="dead_letters_send_back"
            ),
            *super().get_urls(),
        ]

    def has_dead_letters_permission(self, request: HttpRequest) -> bool:
        """Whether this person may read and send back: admins, for no other has this right."""
        return request.user.has_perm("notifications.send_back_dead_letter")

    def dead_letters_view(self, request: HttpRequest) -> HttpResponseBase:
        """How many there are, and those of `queue`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._letters_page(request, request.GET.get("queue", ""))

    def read_view(self, request: HttpRequest) -> HttpResponseBase:
        """POST `queue` and `message`: what it says."""
        queue = self._posted(request)
        if queue is None:
            return HttpResponseNotAllowed(["POST"])
        message = request.POST.get("message", "")
        body = dead_letter_body(queue, message, among=SHOWN) if queue else None
        if body is None:
            self.message_user(request, _("It is not there any more."), messages.WARNING)
            return _back(queue)
        return self._letters_page(request, queue, body=_pretty(body), message=message)

    def send_back_view(self, request: HttpRequest) -> HttpResponseBase:
        """POST `queue`: send its dead letters back for another try."""
        queue = self._posted(request)
        if queue is None:
            return HttpResponseNotAllowed(["POST"])
        if not queue:
            return _back(queue)
        limit = min(dead_letters_count(queue), SENT_BACK_AT_ONCE)
        try:
            count = dead_letters_send_back(queue, limit=limit)
        except NotSentBackError as err:
            self.message_user(request, f"{err} {_('Try again in a while.')}", messages.ERROR)
            return _back(queue)
        done = ngettext(
            "%(count)s message was sent back.", "%(count)s messages were sent back.", count
        ) % {"count": count}
        title = Announcement(
            id=f"dead-letters.{queue}", kind=queue, event={"title": _("Dead letters")}
        )
        self.log_change(request, title, done)
        self.message_user(request, done, messages.SUCCESS)
        return _back(queue)

    def _posted(self, request: HttpRequest) -> str | None:
        """The queue that the form names, "" if there is no such; None if nothing was posted."""
        if not self.has_dead_letters_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return None
        queue = request.POST.get("queue", "")
        return queue if queue in QUEUES else ""

    def _letters_page(self, request: HttpRequest, queue: str, **extra: Any) -> HttpResponseBase:
        counts = {name: dead_letters_count(name) for name in QUEUES}
        chosen = queue if queue in QUEUES else next((name for name in QUEUES if counts[name]), "")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Dead letters"),
            "counts": counts,
            "queue": chosen,
            "letters": dead_letters_list(chosen, limit=SHOWN) if chosen else [],
            "may": self.has_dead_letters_permission(request),
            **extra,
        }
        return TemplateResponse(request, _PAGE, context)


def _back(queue: str) -> HttpResponseBase:
    return HttpResponseRedirect(f"{reverse('admin:dead_letters')}?{urlencode({'queue': queue})}")


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
