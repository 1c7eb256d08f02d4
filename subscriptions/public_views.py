"""The pages that mails link to, and the one to subscribe on.

None of them acts on GET: mail scanners follow every link. Those with a token need no cookie
and no CSRF token: whoever holds the token may act, and under `no-referrer` browsers send
`Origin: null`, which the CSRF check would refuse.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from ivent_site.language_choice import language_chosen, language_keep, speaks_the_readers_language
from ivent_site.languages import language_of
from subscriptions.addresses import address_hint
from subscriptions.consent import consent_text
from subscriptions.enums import Frequency, SubscriptionStatus
from subscriptions.forms import (
    PreferencesForm,
    SubscribeForm,
    changes_shown,
    digest_offered,
    zone_preselected,
)
from subscriptions.selectors import subscription_get
from subscriptions.services import (
    subscription_change,
    subscription_confirm,
    subscription_enqueue,
    subscription_leave,
    subscription_pending_change,
    subscription_update,
)
from subscriptions.tables import SubscriptionRow
from subscriptions.tokens import confirm_token_read, leave_token, leave_token_read

View = Callable[..., HttpResponse]
_PREFERENCES = ("name", "topics", "frequency", "locale", "timezone")
# The pair that RFC 8058 has mail programs send.
ONE_CLICK = ("List-Unsubscribe", "One-Click")


def token_page(view: View) -> Callable[..., HttpResponseBase]:
    """A page whose address is a secret: kept nowhere, told nobody, found by no search."""
    allowed = require_http_methods(["GET", "HEAD", "POST"])(view)

    @speaks_the_readers_language
    @sensitive_variables("token")
    def masked(request: HttpRequest, token: str) -> HttpResponse:
        # Django logs the path of every 4xx and 5xx.
        request.path = request.path.replace(token, "***")
        response: HttpResponse = allowed(request, token)
        return response

    @wraps(view)
    @sensitive_variables("token")
    def guarded(request: HttpRequest, token: str) -> HttpResponseBase:
        response = masked(request, token)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return csrf_exempt(guarded)


@never_cache
@speaks_the_readers_language
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form to subscribe with. Its answer is the same for every address."""
    initial = {"locale": get_language(), "timezone": zone_preselected()}
    form = SubscribeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if not form.is_from_program:
            data = form.cleaned_data
            subscription_enqueue(
                email=data["email"],
                topics=data.get("topics", []),
                locale=data["locale"],
                timezone=data["timezone"],
                frequency=data.get("frequency", Frequency.AT_ONCE),
                name=data["name"],
                source="web",
                ip=request.META["REMOTE_ADDR"],
            )
        return render(request, "public/subscribe_done.html", {"email": form.cleaned_data["email"]})
    context = {"form": form, "consent_text": consent_text()}
    return render(request, "public/subscribe.html", context, status=400 if form.errors else 200)


@token_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The button that confirms a subscription; none where it is confirmed already."""
    if request.method == "POST":
        row = subscription_confirm(token=token, ip=request.META["REMOTE_ADDR"])
        name = "confirm_done"
    else:
        claim = confirm_token_read(token)
        row = subscription_get(claim.subscription_id) if claim else None
        row = row if row and claim and row.round == claim.round else None
        is_asked = row is not None and row.status != SubscriptionStatus.CONFIRMED
        name = "confirm" if is_asked else "confirm_already"
    if row is None:
        return _page(request, "confirm_invalid", status=404)
    with translation.override(_language(request, row)):
        token = leave_token(row.id)
        return _page(request, name, consent_text=consent_text(), preferences_token=token)


@token_page
def change(request: HttpRequest, token: str) -> HttpResponse:
    """The button that applies what a confirmed subscriber asked for again."""
    if request.method == "POST":
        row = subscription_change(token=token)
        if row is None:
            return _page(request, "change_invalid", status=404)
        with translation.override(_language(request, row)):
            return _page(request, "change_done", preferences_token=leave_token(row.id))
    pending = subscription_pending_change(token=token)
    if pending is None:
        return _page(request, "change_invalid", status=404)
    with translation.override(_language(request, pending.row)):
        if not pending.changes:
            return _page(request, "change_done")
        return _page(request, "change", changes=changes_shown(pending.changes))


@token_page
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """The button that unsubscribes."""
    subscription_id = leave_token_read(token)
    if subscription_id is None:
        return _page(request, "link_invalid", status=404)
    if request.method == "POST":
        row = subscription_leave(subscription_id=subscription_id)
        with translation.override(_language(request, row)):
            return _page(request, "leave_done")
    with translation.override(_language(request, subscription_get(subscription_id))):
        return _page(request, "leave", preferences_token=token, digest=digest_offered())


@token_page
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribes, for mail programs (RFC 8058); people are led to the page with the button.

    https://www.rfc-editor.org/rfc/rfc8058
    """
    subscription_id = leave_token_read(token)
    if subscription_id is None:
        return _page(request, "link_invalid", status=404)
    name, value = ONE_CLICK
    if request.method == "POST" and request.POST.get(name) == value:
        subscription_leave(subscription_id=subscription_id)
        return HttpResponse("Unsubscribed.\n", content_type="text/plain; charset=utf-8")
    # 303: whatever was sent, the page is to be looked at.
    return HttpResponse(status=303, headers={"Location": reverse("leave", args=[token])})


@token_page
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """The form to choose topics, frequency, language and time zone with."""
    subscription_id = leave_token_read(token)
    row = subscription_get(subscription_id) if subscription_id else None
    if row is None:
        return _page(request, "link_invalid", status=404)
    with translation.override(_language(request, row)):
        if row.status != SubscriptionStatus.CONFIRMED:
            return _page(request, "preferences_closed")
        form = _preferences_form(row, request.POST if request.method == "POST" else None)
        if not (form.is_bound and form.is_valid()):
            return _preferences_page(request, row, form, status=400 if form.errors else 200)
    after = subscription_update(subscription_id=row.id, **form.cleaned_data) or row
    # In the language that was chosen a moment ago, here and on the pages to come.
    language = language_of(after.locale)
    with translation.override(language):
        response = _preferences_page(
            request,
            after,
            _preferences_form(after, None),
            saved=True,
            one_more_digest=bool(row.frequency == Frequency.WEEKLY and after.last_digest_at),
        )
    if after.locale != row.locale:
        language_keep(response, language)
    return response


def _preferences_form(row: SubscriptionRow, data: QueryDict | None) -> PreferencesForm:
    return PreferencesForm(data, initial={name: getattr(row, name) for name in _PREFERENCES})


def _preferences_page(
    request: HttpRequest, row: SubscriptionRow, form: PreferencesForm, **context: Any
) -> HttpResponse:
    whose, token = address_hint(row.email), leave_token(row.id)
    return _page(request, "preferences", form=form, whose=whose, leave_token=token, **context)


def _language(request: HttpRequest, row: SubscriptionRow | None) -> str:
    """What was chosen on these pages; else the subscriber's, or the one asked for until it is
    confirmed. The browser's without a row.
    """
    if row is None or language_chosen(request):
        return get_language() or settings.LANGUAGE_CODE
    asked = row.requested if row.status != SubscriptionStatus.CONFIRMED else None
    return language_of((asked or {}).get("locale") or row.locale)


def _page(request: HttpRequest, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, f"public/{name}.html", context, status=status)
    # The middleware would say the browser's.
    response["Content-Language"] = get_language() or settings.LANGUAGE_CODE
    return response
