"""Imports in the admin: a file is checked, its report read, and the import begun or left."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from ivent_site.detail_actions import possible_actions
from ivent_site.dynamodb.admin import CursorModelAdmin
from ivent_site.dynamodb.writes import ConflictError
from ivent_site.empty_lists import Beginning, Step
from subscriptions.admin.person import go_to
from subscriptions.enums import ImportState
from subscriptions.import_forms import COLUMNS, ImportForm
from subscriptions.imports import import_begin, import_check, import_stop
from subscriptions.models import SubscriberImport
from subscriptions.tables import ImportRow

_FILE = ("file", "language", "consent_source", "consent_date")
_SHOWN = (
    "name",
    "state",
    "rows",
    "wrong",
    "consent_shown",
    "problems_shown",
    "created_at",
)
# The states in which an action makes sense.
_STATES = {
    "begin": {ImportState.CHECKED.value, ImportState.STOPPED.value},
    "stop": {ImportState.RUNNING.value},
}


@admin.register(SubscriberImport)
class SubscriberImportAdmin(CursorModelAdmin, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """The newest first. For admins only: nobody else has a permission of this model."""

    form = ImportForm
    beginning = Beginning(
        gettext_lazy(
            "No list has been imported yet. A file is checked first: what is wrong with it, and"
            " whom it would add, is shown before anything happens."
        ),
        (
            Step(
                gettext_lazy("Choose a file"),
                "admin:subscriptions_subscriberimport_add",
                "subscriptions.add_subscriberimport",
            ),
        ),
    )
    list_display = ("name", "state_shown", "rows", "added", "known", "created_at")
    actions_detail = ("begin", "stop")
    change_form_outer_before_template = "admin/subscriptions/subscriberimport/state.html"

    @display(  # type: ignore[untyped-decorator]  # unfold's
        description=gettext_lazy("State"),
        label={
            ImportState.CHECKED.value: "info",
            ImportState.RUNNING.value: "warning",
            ImportState.STOPPED.value: "danger",
            ImportState.DONE.value: "success",
        },
    )
    def state_shown(self, each: SubscriberImport) -> tuple[str, str]:
        """The state, in its colour."""
        return str(each.state), each.get_state_display()

    @admin.display(description=gettext_lazy("Consent"))
    def consent_shown(self, each: SubscriberImport) -> str:
        """What the staff declared."""
        if not each.consent:
            return _("Each of them is asked by mail, and subscribed only once they confirm.")
        return str(_("Given on %(date)s: “%(source)s”.") % each.consent)

    @admin.display(description=gettext_lazy("Problems"))
    def problems_shown(self, each: SubscriberImport) -> SafeString | str:
        """The rows that are left out, and why."""
        lines = format_html_join(
            "",
            "<li>{}</li>",
            (
                (_("Line %(line)s, “%(column)s”: %(message)s") % problem,)
                for problem in each.problems
            ),
        )
        return format_html('<ul class="iv-list">{}</ul>', lines) if lines else "-"

    def get_fieldsets(self, request: HttpRequest, obj: SubscriberImport | None = None) -> Any:  # noqa: ARG002 - Django's signature
        if obj is not None:
            return [(None, {"fields": _SHOWN})]
        columns = tuple(f"{name}_column" for name in COLUMNS)
        names = gettext_lazy("Columns, where they have other names")
        return [(None, {"fields": _FILE}), (names, {"fields": columns})]

    def get_readonly_fields(self, request: HttpRequest, obj: SubscriberImport | None = None) -> Any:  # noqa: ARG002 - Django's signature
        return _SHOWN if obj is not None else ()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.progress_view)
        name = "subscriptions_subscriberimport_progress"
        return [path("<str:object_id>/progress/", view, name=name), *super().get_urls()]

    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How far the import is: a part of its page."""
        each = self.get_object(request, object_id)
        if each is None or not self.has_view_permission(request, each):
            raise Http404
        return TemplateResponse(request, "admin/subscriptions/progress.html", {"import": each})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """The page, with those buttons that make sense: saved means checked, and then read."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        if each := context["original"]:
            context["actions_detail"] = possible_actions(
                context["actions_detail"], each.state, _STATES
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: SubscriberImport,
        form: ImportForm,
        change: bool,  # noqa: ARG002, FBT001 - Django's signature
    ) -> None:
        """Keep what was checked, until it is begun or a day is over."""
        row = import_check(name=form.file_name, checked=form.checked, consent=form.consent)
        for field in SubscriberImport._meta.concrete_fields:
            setattr(obj, field.attname, getattr(row, field.attname))

    def construct_change_message(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        form: Any,
        formsets: Any,  # noqa: ARG002 - Django's signature
        add: bool = False,  # noqa: ARG002, FBT001, FBT002 - Django's signature
    ) -> Any:
        consent = form.consent
        declared = (
            f"Consent of {consent.date}: “{consent.source}”." if consent else "All are asked."
        )
        checked = form.checked
        return f"Checked: {len(checked.people)} people, {checked.wrong} rows left out. {declared}"

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """The report is what comes next."""
        request.POST = request.POST | {"_continue": "1"}  # type: ignore[assignment]
        return super().response_add(request, obj, post_url_continue)

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Begin the import"),
        permissions=["manage"],
        url_path="begin",
        icon="play_arrow",
        variant=ActionVariant.PRIMARY,
        dialog={
            "title": gettext_lazy("Begin the import"),
            "description": gettext_lazy(
                "About fifty people a second. Addresses that are known stay as they are: nobody "
                "who has left is brought back."
            ),
            "form_class": None,
            "form_submit_text": gettext_lazy("Begin the import"),
        },
    )
    def begin(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:  # noqa: ARG002 - unfold's signature
        """Let the workers import it."""
        return self._do(request, object_id, import_begin)

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Stop the import"),
        permissions=["manage"],
        url_path="stop",
        icon="stop",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Stop the import"),
            "description": gettext_lazy("Who is imported stays. It can go on later, for a day."),
            "form_class": None,
            "form_submit_text": gettext_lazy("Stop the import"),
        },
    )
    def stop(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:  # noqa: ARG002 - unfold's signature
        """Let it end after the part that is under way."""
        return self._do(request, object_id, import_stop)

    def _do(self, request: HttpRequest, object_id: str, act: Any) -> HttpResponse:
        each = self.get_object(request, object_id)
        if each is None:
            raise Http404
        try:
            with transaction.atomic():
                row: ImportRow = act(import_id=object_id)
                self.log_change(request, each, f"State: {each.state} → {row.state}.")
        except ConflictError:
            text = _("That cannot be done as things are: look at the page again.")
            self.message_user(request, text, "ERROR")
        return go_to(reverse("admin:subscriptions_subscriberimport_change", args=[object_id]))

    def has_manage_permission(self, request: HttpRequest, object_id: Any = None) -> bool:  # noqa: ARG002 - unfold's signature
        """Whether the person may begin and stop imports."""
        return bool(request.user.has_perm("subscriptions.add_subscriberimport"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False
