"""What the staff may do about one person: each of it asked first, and kept in the history."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.enums import ActionVariant

from ivent_site.dynamodb.writes import ConflictError
from subscriptions.admin.forms import EraseForm, ReasonForm
from subscriptions.enums import TRANSITIONS, SubscriptionStatus
from subscriptions.models import Subscription
from subscriptions.privacy import ERASED, person_erase, person_export
from subscriptions.services import (
    subscription_ask_again,
    subscription_leave,
    subscription_stop,
)

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Subscription]
else:
    _Base = object

# The states in which an action makes sense.
_STOPPABLE: Final = frozenset(
    status for status, ways in TRANSITIONS.items() if SubscriptionStatus.SUPPRESSED in ways
)
_LEAVING: Final = frozenset({SubscriptionStatus.CONFIRMED, SubscriptionStatus.PENDING})
STATES: Final[dict[str, frozenset[SubscriptionStatus]]] = {
    "unsubscribe": _LEAVING,
    "suppress": _STOPPABLE,
    "ask_again": frozenset(SubscriptionStatus) - {SubscriptionStatus.CONFIRMED},
}


class PersonActions(_Base):
    """The buttons of a person's page."""

    # Side by side: unfold's drop-downs do not open by keyboard.
    actions_detail = ("unsubscribe", "suppress", "ask_again", "export_person", "erase")

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Unsubscribe"),
        permissions=["unsubscribe"],
        url_path="unsubscribe",
        icon="unsubscribe",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Unsubscribe"),
            "description": gettext_lazy(
                "They get no more e-mails, unless they subscribe again themselves."
            ),
            "form_class": None,
            "form_submit_text": gettext_lazy("Unsubscribe"),
        },
    )
    def unsubscribe(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:  # noqa: ARG002 - unfold's signature
        """End this subscription."""
        subscription = self.get_object(request, object_id)
        if subscription is not None:
            self.end(request, subscription)
        return self._back(object_id)

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Stop mails"),
        permissions=["manage"],
        url_path="suppress",
        icon="block",
        dialog={
            "title": gettext_lazy("Stop mails"),
            "description": gettext_lazy(
                "For a reason of yours: a request by phone, a wrong address. Only the person's own "
                "confirmation brings mails back."
            ),
            "form_class": ReasonForm,
            "form_submit_text": gettext_lazy("Stop mails"),
        },
    )
    def suppress(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Send this person nothing more."""
        reason = form.cleaned_data["reason"]

        def stop(subscription: Subscription) -> None:
            subscription_stop(subscription_id=subscription.pk, reason=reason)
            self._log(request, subscription, f"suppressed. Reason: {reason}")

        done = _("%(person)s gets no more e-mails.")
        return self._one(request, object_id, "suppress", stop, done)

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Ask to confirm again"),
        permissions=["manage"],
        url_path="ask-again",
        icon="mark_email_unread",
        dialog={
            "title": gettext_lazy("Ask to confirm again"),
            "description": gettext_lazy(
                "Nobody is brought back but by themselves: they get one mail with a link, and "
                "other mails only after they have confirmed. Do it when they have asked you to."
            ),
            "form_class": ReasonForm,
            "form_submit_text": gettext_lazy("Send the question"),
        },
    )
    def ask_again(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Send a confirmation mail, for a reason that is kept."""
        reason, ip = form.cleaned_data["reason"], request.META["REMOTE_ADDR"]

        def ask(subscription: Subscription) -> None:
            message = f"{subscription.status}; asked to confirm again. Reason: {reason}"
            self.log_change(request, subscription, f"Status: {message}")
            # What the history does not know is not sent.
            transaction.on_commit(
                lambda: subscription_ask_again(
                    subscription_id=subscription.pk, reason=reason, ip=ip
                )
            )

        done = _("The question to %(person)s is on its way.")
        return self._one(request, object_id, "ask_again", ask, done)

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Export"),
        permissions=["manage"],
        url_path="export",
        icon="download",
    )
    def export_person(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Everything that is stored about the person, as JSON."""
        subscription = self.get_object(request, object_id)
        data = person_export(email=subscription.email) if subscription else None
        if subscription is None or data is None:
            raise Http404
        self.log_change(request, subscription, "Exported.")
        response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="subscriber-{object_id}.json"'
        response["Cache-Control"] = "no-store"
        return response

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Erase"),
        permissions=["manage"],
        url_path="erase",
        icon="delete_forever",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Erase this person"),
            "description": gettext_lazy(
                "Everything that is stored about this person is removed, for good. Should they "
                "bounce or complain later, or be imported again, nothing here will remember."
            ),
            "form_class": EraseForm,
            "form_submit_text": gettext_lazy("Erase"),
        },
    )
    def erase(self, request: HttpRequest, form: EraseForm, object_id: str) -> HttpResponse:
        """Forget the person; the history keeps that somebody was erased, by whom and when."""

        def record(subscription_id: str) -> None:
            LogEntry.objects.create(
                user_id=str(request.user.pk),
                content_type_id=ContentType.objects.get_for_model(Subscription).pk,
                object_id=subscription_id,
                object_repr=ERASED,
                action_flag=DELETION,
                change_message="Erased on request.",
            )

        try:
            person_erase(email=form.cleaned_data["email"], record=record)
        except ConflictError:
            self._conflict(request, ERASED)
            return self._back(object_id)
        self.message_user(request, _("The person is erased."))
        return go_to(reverse("admin:subscriptions_subscription_changelist"))

    def end(self, request: HttpRequest, subscription: Subscription) -> None:
        """Unsubscribe somebody, and say so."""

        def leave(subscription: Subscription) -> None:
            subscription_leave(subscription_id=subscription.pk)
            self._log(request, subscription, "left. Unsubscribed by the staff")

        self._do(request, subscription, leave, _("%(person)s gets no more e-mails."))

    def _one(
        self,
        request: HttpRequest,
        object_id: str,
        name: str,
        act: Callable[[Subscription], None],
        done: str,
    ) -> HttpResponse:
        subscription = self.get_object(request, object_id)
        if subscription is None or subscription.status not in STATES[name]:
            text = _("That cannot be done as things are: look at the page again.")
            self.message_user(request, text, messages.ERROR)
        else:
            self._do(request, subscription, act, done)
        return self._back(object_id)

    def _do(
        self,
        request: HttpRequest,
        subscription: Subscription,
        act: Callable[[Subscription], None],
        done: str,
    ) -> None:
        try:
            with transaction.atomic():
                act(subscription)
        except ConflictError:
            self._conflict(request, subscription)
        else:
            self.message_user(request, done % {"person": subscription})

    def _conflict(self, request: HttpRequest, person: object) -> None:
        text = _("%(person)s was changed at the same moment: please try again.")
        self.message_user(request, text % {"person": person}, messages.ERROR)

    def _log(self, request: HttpRequest, subscription: Subscription, after: str) -> None:
        self.log_change(request, subscription, f"Status: {subscription.status} → {after}.")

    def _back(self, object_id: str) -> HttpResponse:
        return go_to(reverse("admin:subscriptions_subscription_change", args=[object_id]))

    def has_unsubscribe_permission(self, request: HttpRequest, object_id: Any = None) -> bool:  # noqa: ARG002 - unfold's signature
        """Whether the person may end subscriptions."""
        return request.user.has_perm("subscriptions.unsubscribe_subscription")

    def has_manage_permission(self, request: HttpRequest, object_id: Any = None) -> bool:  # noqa: ARG002 - unfold's signature
        """Whether the person may stop, ask, export and erase."""
        return request.user.has_perm("subscriptions.manage_subscription")


def go_to(url: str) -> HttpResponse:
    """Where a dialog leads: it posts by htmx, which takes a redirect for its next content."""
    return HttpResponse(headers={"HX-Redirect": url})
