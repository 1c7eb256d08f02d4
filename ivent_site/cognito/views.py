"""The sign-in pages: password, challenge, and the way to the hosted page and back."""

from typing import Any, Final

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME, login, logout
from django.contrib.auth.views import LoginView, RedirectURLMixin, redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.edit import FormView

from ivent_site.cognito import kept, pending
from ivent_site.cognito.errors import (
    UNAVAILABLE,
    AnswerError,
    CognitoUnavailableError,
    SignInError,
)
from ivent_site.cognito.forms import CodeForm, NewPasswordForm, SignInForm
from ivent_site.cognito.hosted_login import NOT_COMPLETED, Flow, code_exchange, sign_in_url
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.password_login import (
    EXPIRED,
    Challenge,
    ChallengeName,
    challenge_answer,
)
from ivent_site.cognito.services import NO_RIGHTS, staff_sign_in

CHALLENGE: Final = "cognito_challenge"
FLOW: Final = "cognito_flow"
# In a session that began at the hosted page: signing out has to end that one too.
HOSTED: Final = "cognito_hosted"
_BACKEND: Final = "ivent_site.cognito.backends.CognitoBackend"
_CHALLENGE_PAGES: Final = {
    ChallengeName.NEW_PASSWORD: "cognito:new_password",
    ChallengeName.CODE: "cognito:code",
}


def session_start(request: HttpRequest, user: StaffUser, url: str) -> HttpResponseRedirect:
    """A fresh session of the user, in which nothing stays from before, and on to the page."""
    request.session.flush()
    login(request, user, backend=_BACKEND)
    response = HttpResponseRedirect(url)
    kept.remember_person(response, user.pk)
    return response


def refuse_without_rights(request: HttpRequest) -> None:
    """Sign out somebody whose account has lost its rights, and say why on the next page."""
    if request.user.is_authenticated and not request.user.is_active:
        logout(request)
        messages.error(request, NO_RIGHTS)


def kept_form(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """The form that a page has kept since the session's end, for the person who entered it."""
    text = request.POST.get(kept.FIELD, "")
    found = kept.opened(text)
    if not site.has_permission(request):
        if found is not None:
            return kept.signed_out_page(request, site, text)
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if request.method != "POST":
        return kept.way_back_page(request, site)
    if found is None or found.sub != request.user.pk:
        messages.error(request, kept.TOO_OLD if found is None else kept.OTHER_PERSON)
        return HttpResponseRedirect(reverse("admin:index"))
    return kept.form_page(request, site, found)


class _NextPage(RedirectURLMixin):
    """Where to go after signing in: `next`, when it is on this site."""

    request: HttpRequest

    def get_default_redirect_url(self) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def page(self, name: str) -> HttpResponseRedirect:
        """Go on to another page of the sign-in, keeping `next`."""
        target = self.get_redirect_url()
        query = f"?{urlencode({REDIRECT_FIELD_NAME: target})}" if target else ""
        return HttpResponseRedirect(reverse(name) + query)

    def start_again(self, message: str | Promise) -> HttpResponseRedirect:
        """Back to the first page, with a reason."""
        messages.error(self.request, str(message))
        return self.page("admin:login")

    def ask(self, challenge: Challenge) -> HttpResponseRedirect:
        """Put Cognito's challenge to the person."""
        values = {"username": challenge.username, "session": challenge.session}
        pending.remember(self.request, CHALLENGE, {"name": challenge.name.value, **values})
        return self.page(_CHALLENGE_PAGES[challenge.name])


class SignInView(_NextPage, LoginView):
    """User name and password."""

    form_class = SignInForm
    template_name = "cognito/login.html"

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]  # form_class is this one
        if form.challenge is not None:
            return self.ask(form.challenge)
        return session_start(self.request, form.user_cache, self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hosted = self.page("cognito:hosted").url if settings.COGNITO_HOSTED_URL else ""
        return super().get_context_data(**kwargs, hosted_url=hosted)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class ChallengeView(_NextPage, FormView):  # type: ignore[type-arg]  # no generic at run time
    """One more answer, before Cognito signs in."""

    template_name = "cognito/challenge.html"
    title: str | Promise = ""
    name: ChallengeName
    challenge: Challenge

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        values = pending.recall(request, CHALLENGE)
        if values is None or values["name"] != self.name:
            return self.start_again(EXPIRED)
        self.challenge = Challenge(
            name=self.name, username=values["username"], session=values["session"]
        )
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: NewPasswordForm | CodeForm) -> HttpResponse:
        field = form.answer_field
        try:
            step = challenge_answer(challenge=self.challenge, answer=form.cleaned_data[field])
            if isinstance(step, Challenge):
                return self.ask(step)
            user = staff_sign_in(identity=step)
        except AnswerError as err:
            form.add_error(field, str(err))
            return self.form_invalid(form)
        except SignInError as err:
            pending.forget(self.request, CHALLENGE)
            return self.start_again(str(err))
        except CognitoUnavailableError:
            form.add_error(None, UNAVAILABLE)
            return self.form_invalid(form)
        return session_start(self.request, user, self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {**admin.site.each_context(self.request), "title": self.title}
        return {**super().get_context_data(**kwargs), **context}


class NewPasswordView(ChallengeView):
    """The forced new password at the first sign-in."""

    name = ChallengeName.NEW_PASSWORD
    form_class = NewPasswordForm
    title = _("Choose your own password")


class CodeView(ChallengeView):
    """The second factor."""

    name = ChallengeName.CODE
    form_class = CodeForm
    title = _("Second step")


@method_decorator(never_cache, name="dispatch")
class HostedSignInView(_NextPage, View):
    """To Cognito's hosted page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        _require_hosted()
        flow = Flow()
        remembered = {**flow.as_dict(), "next": self.get_redirect_url()}
        pending.remember(request, FLOW, remembered)
        return HttpResponseRedirect(sign_in_url(flow=flow, redirect_uri=callback_url()))


@method_decorator(never_cache, name="dispatch")
class HostedCallbackView(_NextPage, View):
    """Back from Cognito's hosted page, with a code."""

    def get(self, request: HttpRequest) -> HttpResponse:
        _require_hosted()
        values = pending.recall(request, FLOW)
        pending.forget(request, FLOW)
        if values is None:
            return self.start_again(EXPIRED)
        self.next_page = values["next"]
        flow = Flow(state=values["state"], nonce=values["nonce"], verifier=values["verifier"])
        try:
            identity = code_exchange(
                flow=flow,
                state=request.GET.get("state", ""),
                code=request.GET.get("code", ""),
                redirect_uri=callback_url(),
            )
            user = staff_sign_in(identity=identity)
        except SignInError as err:
            return self.start_again(str(err) or NOT_COMPLETED)
        url = values["next"] or self.get_default_redirect_url()
        response = session_start(request, user, url)
        request.session[HOSTED] = True
        return response


def callback_url() -> str:
    """The address that the app client lists among its callbacks."""
    return settings.PUBLIC_ORIGIN + reverse("cognito:callback")


def _require_hosted() -> None:
    if not settings.COGNITO_HOSTED_URL:
        raise Http404
