"""The mailbox: every mail that the system has sent, as its readers see it."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt

from ivent_site.local.mailbox.store import Mailbox

PAGE_SIZE = 50
# A mail's HTML may do nothing but show: no script, nothing from elsewhere; links open outside.
_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox"
_MAIL_POLICY = f"{_SANDBOX}; default-src 'none'; img-src data: cid:; style-src 'unsafe-inline'"
_LINKS_OPEN_OUTSIDE = '<base target="_blank">'


class LocalView(View):
    """A view that exists on the laptop only."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.LOCAL:
            raise Http404
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(settings.LOCAL_DIR / "mailbox")

    def message(self, message_id: UUID) -> dict[str, Any]:
        """The mail, or a 404."""
        message = self.mailbox.get(str(message_id))
        if message is None:
            raise Http404
        return message


@method_decorator(csrf_exempt, name="dispatch")
class MailboxJson(LocalView):
    """`{"messages": […]}`, newest first; `?to=` picks one address. DELETE empties it."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        mailbox = self.mailbox
        ids = mailbox.ids(to=_address(request))
        return StreamingHttpResponse(_joined(mailbox.texts(ids)), content_type="application/json")

    def delete(self, _request: HttpRequest) -> HttpResponse:
        self.mailbox.clear()
        return HttpResponse(status=204)


def _joined(texts: Iterator[str]) -> Iterator[str]:
    yield '{"messages": ['
    separator = ""
    for text in texts:
        yield separator + text
        separator = ", "
    yield "]}"


class MailboxPage(LocalView):
    """The list, a page at a time."""

    def get(self, request: HttpRequest) -> HttpResponse:
        to, before = _address(request), request.GET.get("before", "")
        mailbox = self.mailbox
        ids = mailbox.ids(to=to)
        older = [found for found in ids if not before or found < before]
        shown = older[:PAGE_SIZE]
        messages = [_summary(json.loads(text)) for text in mailbox.texts(shown)]
        context = {
            "messages": messages,
            "total": len(ids),
            "to": to,
            "next": shown[-1] if len(older) > PAGE_SIZE else None,
            "is_first": len(older) == len(ids),
        }
        return render(request, "local/mailbox.html", context)


class EmptyMailbox(LocalView):
    """The page's button."""

    def post(self, _request: HttpRequest) -> HttpResponse:
        self.mailbox.clear()
        return HttpResponseRedirect(reverse("local:mailbox"))


class MessagePage(LocalView):
    """One mail with all its parts."""

    def get(self, request: HttpRequest, message_id: UUID) -> HttpResponse:
        message = self.message(message_id)
        ids = self.mailbox.ids()
        place = ids.index(message["id"]) if message["id"] in ids else 0
        context = {
            "message": _summary(message),
            "newer": ids[place - 1] if place else None,
            "older": ids[place + 1] if place + 1 < len(ids) else None,
        }
        return render(request, "local/message.html", context)


@method_decorator(xframe_options_sameorigin, name="dispatch")
class MessageHtml(LocalView):
    """A mail's HTML for the frame of its page."""

    def get(self, _request: HttpRequest, message_id: UUID) -> HttpResponse:
        html = _LINKS_OPEN_OUTSIDE + self.message(message_id)["html"]
        return HttpResponse(html, headers={"Content-Security-Policy": _MAIL_POLICY})


class MessageSource(LocalView):
    """A mail as it was sent."""

    def get(self, _request: HttpRequest, message_id: UUID) -> HttpResponse:
        self.message(message_id)
        return HttpResponse(
            self.mailbox.raw(str(message_id)), content_type="text/plain; charset=utf-8"
        )


class MessageAttachment(LocalView):
    """An attachment, to keep; never to be shown as a page of this site."""

    def get(self, _request: HttpRequest, message_id: UUID, number: int) -> HttpResponse:
        attachments = self.message(message_id)["attachments"]
        if number >= len(attachments):
            raise Http404
        attachment = attachments[number]
        response = HttpResponse(
            base64.b64decode(attachment["base64"]), content_type=attachment["content_type"]
        )
        disposition = content_disposition_header(True, attachment["filename"])  # noqa: FBT003 - Django's order
        response.headers["Content-Disposition"] = disposition or "attachment"
        return response


def _address(request: HttpRequest) -> str | None:
    # A plus sign in a query means a space, but who types an address means the plus.
    return request.GET.get("to", "").strip().replace(" ", "+") or None


def _summary(message: dict[str, Any]) -> dict[str, Any]:
    attachments = [
        {**attachment, "bytes": len(attachment["base64"]) * 3 // 4}
        for attachment in message["attachments"]
    ]
    return {
        **message,
        "sent_at": datetime.fromisoformat(message["sent_at"]),
        "snippet": " ".join(message["text"].split())[:140],
        "attachments": attachments,
    }
