"""Subscribers in the admin: found, looked at, corrected, invited and unsubscribed."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from events.topic_names import topic_name, topic_names
from ivent_site.detail_actions import possible_actions
from ivent_site.dynamodb.admin import CursorModelAdmin
from ivent_site.empty_lists import Beginning, Step
from subscriptions.admin.forms import InviteForm, SubscriptionForm
from subscriptions.admin.person import STATES, PersonActions, go_to
from subscriptions.admin.ses_list import SesList
from subscriptions.admin.setup_stops import SetupStops
from subscriptions.consent_story import consent_story
from subscriptions.enums import Frequency, SubscriptionStatus
from subscriptions.exports import export_part
from subscriptions.forms import digest_offered
from subscriptions.models import STATUS_LABELS, Subscription
from subscriptions.search import search_words
from subscriptions.services import subscription_correct, subscription_enqueue

_WISHES = ("name", "topics", "locale", "timezone")
_WISHES_SHOWN = ("name", "topics_shown", "locale", "timezone")
_FREQUENCY = ("frequency",)
_FACTS = ("email", "status", "created_at", "confirmed_at", "updated_at", "consent_shown")


class TopicFilter(admin.SimpleListFilter):
    """Who chose a topic, or none, which means every one."""

    title = gettext_lazy("topic")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002 - Django's signature
        return [("*", _("Every topic (none chosen)")), *topic_names().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        value = self.value()
        if value == "*":
            return queryset.filter(topics=[])
        return queryset.filter(topics__contains=[value]) if value else queryset


@admin.register(Subscription)
class SubscriptionAdmin(SesList, SetupStops, PersonActions, CursorModelAdmin, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """The newest first; found by parts of the name or address.

    Nobody is subscribed from here: an invitation asks the person, as the public form does.
    """

    form = SubscriptionForm
    beginning = Beginning(
        gettext_lazy(
            "Nobody has subscribed yet. Share the page on which people subscribe, invite"
            " somebody by the button above, or import a list."
        ),
        (
            Step(gettext_lazy("The page to subscribe"), "subscribe"),
            Step(
                gettext_lazy("Import a list"),
                "admin:subscriptions_subscriberimport_add",
                "subscriptions.add_subscriberimport",
            ),
        ),
    )
    list_display = ("email", "name", "status_shown", "topics_shown", "locale", "created_at")
    # With the one that tells whether there are more, within one batch of a search.
    list_per_page = 50
    list_filter = ("status", "locale", TopicFilter)
    search_fields = ("searched",)
    search_help_text = gettext_lazy("Search by name or address: any part of two characters or more")
    actions = ("unsubscribe_ticked",)
    actions_list = ("invite", "export")
    warn_unsaved_form = True
    change_form_outer_after_template = "admin/subscriptions/subscription/mails.html"

    # --- What is shown --------------------------------------------------------------------

    @display(  # type: ignore[untyped-decorator]  # unfold's
        description=gettext_lazy("Status"),
        label={
            SubscriptionStatus.PENDING.value: "info",
            SubscriptionStatus.CONFIRMED.value: "success",
            SubscriptionStatus.LEFT.value: "warning",
            SubscriptionStatus.BOUNCED.value: "danger",
            SubscriptionStatus.COMPLAINED.value: "danger",
            SubscriptionStatus.SUPPRESSED.value: "danger",
        },
    )
    def status_shown(self, subscription: Subscription) -> tuple[str, str]:
        """The status, in its colour."""
        return str(subscription.status), subscription.get_status_display()

    @admin.display(description=gettext_lazy("Topics"))
    def topics_shown(self, subscription: Subscription) -> str:
        """The topics; every one if none was chosen."""
        return ", ".join(map(topic_name, subscription.topics)) or _("every")

    @admin.display(description=gettext_lazy("Consent"))
    def consent_shown(self, subscription: Subscription) -> SafeString:
        """What was agreed to, when, and where, in plain words."""
        sentences = ((sentence,) for sentence in consent_story(subscription))
        return format_html_join("", "<p>{}</p>", sentences)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Subscription], search_term: str
    ) -> tuple[QuerySet[Subscription], bool]:
        """The subscribers with each of the words; of words that are too short, none."""
        if search_term.strip() and not search_words(search_term):
            self.message_user(request, _("Search for two characters or more."), messages.WARNING)
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*super().get_list_filter(request), *(_FREQUENCY if digest_offered() else ()))

    def get_fieldsets(self, request: HttpRequest, obj: Subscription | None = None) -> Any:
        may = self.has_change_permission(request, obj)
        wishes = (*_WISHES, *_frequency(obj), "seen_version") if may else _shown(obj)
        return [(None, {"fields": _FACTS}), (gettext_lazy("Preferences"), {"fields": wishes})]

    def get_readonly_fields(self, request: HttpRequest, obj: Subscription | None = None) -> Any:
        may = self.has_change_permission(request, obj)
        return _FACTS if may else (*_FACTS, *_shown(obj))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """The page, with those buttons that make sense, and the history of every mail."""
        if subscription := context["original"]:
            context["mails_url"] = _mails_url(subscription.pk)
            context["actions_detail"] = possible_actions(
                context["actions_detail"], subscription.status, STATES
            )
        return super().render_change_form(request, context, *args, **kwargs)

    # --- What is done -----------------------------------------------------------------------

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: Subscription,
        form: SubscriptionForm,
        change: bool,  # noqa: ARG002, FBT001 - Django's signature
    ) -> None:
        """Correct what the person wants."""
        given = form.cleaned_data
        wishes = {name: given[name] for name in (*_WISHES, *_FREQUENCY) if name in given}
        version = form.cleaned_data["seen_version"]
        subscription_correct(subscription_id=obj.pk, version=version, **wishes)

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Invite"),
        permissions=["invite"],
        url_path="invite",
        icon="person_add",
        variant=ActionVariant.PRIMARY,
        dialog={
            "title": gettext_lazy("Invite somebody"),
            "description": gettext_lazy(
                "They get an e-mail with a link to confirm; until then, no other."
            ),
            "form_class": InviteForm,
            "form_submit_text": gettext_lazy("Send the invitation"),
        },
    )
    def invite(self, request: HttpRequest, form: InviteForm) -> HttpResponse:
        """Ask for a subscription in somebody's name."""
        subscription_enqueue(
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            topics=[],
            locale=settings.LANGUAGE_CODE,
            timezone="",
            frequency=Frequency.AT_ONCE,
            source="staff",
            ip=request.META["REMOTE_ADDR"],
            chosen=(),
        )
        self.message_user(request, _("The invitation is on its way."))
        return go_to(reverse("admin:subscriptions_subscription_changelist"))

    @admin.action(description=gettext_lazy("Unsubscribe"), permissions=["unsubscribe"])
    def unsubscribe_ticked(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        """End the subscriptions that were ticked."""
        for subscription in queryset:
            self.end(request, subscription)

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Export"),
        permissions=["manage"],
        url_path="export",
        icon="download",
    )
    def export(self, request: HttpRequest) -> HttpResponse:
        """The page from which all of them are downloaded, part by part."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export subscribers"),
            "opts": self.opts,
            "statuses": STATUS_LABELS.items(),
        }
        return TemplateResponse(request, "admin/subscriptions/export.html", context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_part_view)
        return [
            path("export/part/", view, name="subscriptions_subscription_export_part"),
            *super().get_urls(),
        ]

    def export_part_view(self, request: HttpRequest) -> HttpResponse:
        """GET: a part as CSV; its header X-Next leads to the next one."""
        if not self.has_manage_permission(request):
            raise PermissionDenied
        chosen = request.GET.get("status", "")
        cursor = request.GET.get("after")
        try:
            status = SubscriptionStatus(chosen) if chosen else None
            part = export_part(status=status, cursor=cursor)
        except ValueError as err:
            return HttpResponse(str(err), status=400, content_type="text/plain; charset=utf-8")
        if cursor is None:
            self._log_export(request, chosen or "all")
        response = HttpResponse(part.text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="subscribers.csv"'
        response["Cache-Control"] = "no-store"
        response["X-Rows"] = str(part.rows)
        if part.cursor:
            following = urlencode({"status": chosen, "after": part.cursor})
            response["X-Next"] = f"{request.path}?{following}"
        return response

    def _log_export(self, request: HttpRequest, which: str) -> None:
        LogEntry.objects.create(
            user_id=str(request.user.pk),
            content_type_id=ContentType.objects.get_for_model(Subscription).pk,
            object_id="export",
            object_repr=f"Export ({which})",
            action_flag=CHANGE,
            change_message=f"Exported: {which}.",
        )

    # --- Who may do what ----------------------------------------------------------------------

    def has_invite_permission(self, request: HttpRequest, object_id: Any = None) -> bool:  # noqa: ARG002 - unfold's signature
        """Whether the person may ask for subscriptions."""
        return bool(request.user.has_perm("subscriptions.invite_subscription"))

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False


def _shown(person: Subscription | None) -> tuple[str, ...]:
    return (*_WISHES_SHOWN, *_frequency(person))


def _frequency(person: Subscription | None) -> tuple[str, ...]:
    """The field, where there is something to choose."""
    return _FREQUENCY if person and digest_offered(person.frequency) else ()


def _mails_url(subscription_id: str) -> str | None:
    """The fragment with every mail to the person; None where no app has one."""
    try:
        return reverse("admin:person_history", args=[subscription_id])
    except NoReverseMatch:
        return None
