"""Subscriptions in the admin: to be looked at, invited and unsubscribed."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from ivent_site.dynamodb.admin import CursorModelAdmin
from ivent_site.dynamodb.writes import ConflictError
from subscriptions.addresses import ADDRESS_MAX_LENGTH
from subscriptions.models import Subscription
from subscriptions.services import subscription_enqueue, subscription_leave
from subscriptions.validators import validate_email_address


class InviteForm(BaseDialogForm):  # type: ignore[misc]  # unfold is untyped
    """Whom to ask."""

    email = forms.CharField(
        label="E-mail",
        max_length=ADDRESS_MAX_LENGTH,
        widget=UnfoldAdminTextInputWidget,
        validators=[validate_email_address],
    )


@admin.register(Subscription)
class SubscriptionAdmin(CursorModelAdmin, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """The newest first, by status; found by the beginning of the address.

    Nobody is subscribed from here: an invitation asks the person, as the public form does.
    """

    list_display = ("email", "status", "topics_shown", "created_at", "confirmed_at")
    list_filter = ("status",)
    search_fields = ("^email_key",)
    search_help_text = "The beginning of an address: two characters or more."
    fields = (
        "email",
        "status",
        "topics_shown",
        "locale",
        "timezone",
        "created_at",
        "confirmed_at",
        "updated_at",
        "consent_shown",
    )
    readonly_fields = fields
    actions = ("unsubscribe_ticked",)
    actions_list = ("invite",)
    actions_detail = ("unsubscribe",)

    @admin.display(description="topics")
    def topics_shown(self, subscription: Subscription) -> str:
        """The topics; every one if none was chosen."""
        return ", ".join(subscription.topics) or "every"

    @admin.display(description="consent")
    def consent_shown(self, subscription: Subscription) -> SafeString | str:
        """What was agreed to, when, and where."""
        consent = subscription.consent or {}
        return format_html_join("", "{}: {}<br>", consent.items()) or "-"

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description="Invite",
        permissions=["invite"],
        url_path="invite",
        icon="person_add",
        variant=ActionVariant.PRIMARY,
        dialog={
            "title": "Invite somebody",
            "description": "They get an e-mail with a link to confirm; until then, no other.",
            "form_class": InviteForm,
            "form_submit_text": "Send the invitation",
        },
    )
    def invite(self, request: HttpRequest, form: InviteForm) -> HttpResponse:
        """Ask for a subscription in somebody's name."""
        subscription_enqueue(
            email=form.cleaned_data["email"],
            topics=[],
            locale=settings.LANGUAGE_CODE,
            timezone="",
            source="staff",
            ip=request.META["REMOTE_ADDR"],
        )
        self.message_user(request, "The invitation is on its way.")
        return _go_to(reverse("admin:subscriptions_subscription_changelist"))

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description="Unsubscribe",
        permissions=["unsubscribe"],
        url_path="unsubscribe",
        icon="unsubscribe",
        variant=ActionVariant.DANGER,
        dialog={
            "title": "Unsubscribe",
            "description": "They get no more e-mails, unless they subscribe again themselves.",
            "form_class": None,
            "form_submit_text": "Unsubscribe",
        },
    )
    def unsubscribe(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:  # noqa: ARG002 - unfold's signature
        """End this subscription."""
        subscription = self.get_object(request, object_id)
        if subscription is not None:
            self._unsubscribe(request, subscription)
        return _go_to(reverse("admin:subscriptions_subscription_change", args=[object_id]))

    @admin.action(description="Unsubscribe", permissions=["unsubscribe"])
    def unsubscribe_ticked(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        """End the subscriptions that were ticked."""
        for subscription in queryset:
            self._unsubscribe(request, subscription)

    def _unsubscribe(self, request: HttpRequest, subscription: Subscription) -> None:
        try:
            with transaction.atomic():
                subscription_leave(subscription_id=subscription.pk)
                self.log_change(request, subscription, "Unsubscribed.")
        except ConflictError:
            text = f"{subscription} was changed at the same moment: please try again."
            self.message_user(request, text, messages.ERROR)
        else:
            self.message_user(request, f"{subscription} gets no more e-mails.")

    def has_invite_permission(self, request: HttpRequest, object_id: Any = None) -> bool:  # noqa: ARG002 - unfold's signature
        """Whether the person may ask for subscriptions."""
        return bool(request.user.has_perm("subscriptions.invite_subscription"))

    def has_unsubscribe_permission(self, request: HttpRequest, object_id: Any = None) -> bool:  # noqa: ARG002 - unfold's signature
        """Whether the person may end subscriptions."""
        return bool(request.user.has_perm("subscriptions.unsubscribe_subscription"))

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False


def _go_to(url: str) -> HttpResponse:
    # The dialog posts by htmx, which takes a redirect for the dialog's next content.
    return HttpResponse(headers={"HX-Redirect": url})
