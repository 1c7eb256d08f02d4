"""Imports in the admin: a file is checked, its report read, and the import begun or left."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
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
from subscriptions.admin.import_columns import ColumnsPage
from subscriptions.admin.import_progress import ProgressPart, progress_context
from subscriptions.admin.person import go_to
from subscriptions.enums import ImportKind, ImportState
from subscriptions.import_columns import FIELD_LABELS, Field
from subscriptions.import_file import PROBLEMS_MAX
from subscriptions.import_forms import UploadForm
from subscriptions.imports import (
    import_begin,
    import_check,
    import_stop,
    import_upload,
    import_values,
)
from subscriptions.models import SubscriberImport
from subscriptions.tables import ImportRow

_SHOWN = (
    "name",
    "kind",
    "rows",
    "wrong",
    "problems_shown",
    "columns_shown",
    "consent_shown",
    "created_at",
)
# So many problems are seen without opening the list.
_OPEN_PROBLEMS = 10
# The states in which an action makes sense.
_STATES = {
    "columns": {ImportState.UPLOADED.value, ImportState.CHECKED.value},
    "begin": {ImportState.CHECKED.value, ImportState.STOPPED.value},
    "stop": {ImportState.RUNNING.value},
}


@admin.register(SubscriberImport)
class SubscriberImportAdmin(ColumnsPage, ProgressPart, CursorModelAdmin, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """The newest first. Admins alone have a permission of this model."""

    form = UploadForm
    beginning = Beginning(
        gettext_lazy(
            "No list has been imported yet. First you see how a file is read, what is wrong with"
            " it, and how many rows it would import."
        ),
        (
            Step(
                gettext_lazy("Choose a file"),
                "admin:subscriptions_subscriberimport_add",
                "subscriptions.add_subscriberimport",
            ),
        ),
    )
    list_display = ("name", "kind", "state_shown", "rows", "wrong", "created_at")
    actions_detail = ("begin", "stop", "columns")
    change_form_outer_before_template = "admin/subscriptions/subscriberimport/state.html"

    @display(  # type: ignore[untyped-decorator]  # unfold's
        description=gettext_lazy("State"),
        label={
            ImportState.UPLOADED.value: "info",
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
        if each.kind != ImportKind.PEOPLE:
            return "-"
        if not each.consent:
            return _("Each of them is asked by e-mail, and subscribed only once they confirm.")
        return str(_("Given on %(date)s: “%(source)s”.") % each.consent)

    @admin.display(description=gettext_lazy("Columns"))
    def columns_shown(self, each: SubscriberImport) -> SafeString | str:
        """What each column was read as."""
        if each.kind == ImportKind.RESTORE:
            return "-"
        lines = format_html_join(
            "",
            "<li>{}: {}</li>",
            ((name, FIELD_LABELS[Field(field)]) for name, field in each.columns),
        )
        return format_html('<ul class="iv-list">{}</ul>', lines)

    @admin.display(description=gettext_lazy("Why"))
    def problems_shown(self, each: SubscriberImport) -> SafeString | str:
        """How many for which reason, and the first of them with their values."""
        if not each.wrong:
            return "-"
        counts = format_html_join(
            "", "<li>{} × {}</li>", ((number, text) for text, number in each.reasons.items())
        )
        lines = format_html_join(
            "", "<li>{}</li>", ((text,) for text in _problem_lines(each.problems, each.values))
        )
        # A long list would push everything else off the page.
        return format_html(
            '<ul class="iv-list">{}</ul><details{}><summary class="iv-link">{}</summary>'
            '<ul class="iv-list">{}</ul></details>',
            counts,
            " open" if len(each.problems) <= _OPEN_PROBLEMS else "",
            _("Line by line") if each.wrong <= PROBLEMS_MAX else _("The first of them"),
            lines,
        )

    def get_fieldsets(self, request: HttpRequest, obj: SubscriberImport | None = None) -> Any:  # noqa: ARG002 - Django's signature
        return [(None, {"fields": _SHOWN if obj is not None else ("file", "kind", "token")})]

    def get_readonly_fields(self, request: HttpRequest, obj: SubscriberImport | None = None) -> Any:  # noqa: ARG002 - Django's signature
        return _SHOWN if obj is not None else ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """The report, with those buttons that make sense; of a file that is not checked yet, the
        page on which that is done.
        """
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        if each := context["original"]:
            if each.state == ImportState.UPLOADED:
                return self._to("columns", each.pk)
            each.values = import_values(checked_as=each.checked_as) if each.problems else []
            context["actions_detail"] = possible_actions(
                context["actions_detail"], _possible(each), _STATES
            )
            context |= progress_context(each)
            context["may_begin"] = each.rows and each.state in _STATES["begin"]
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: SubscriberImport,
        form: UploadForm,
        change: bool,  # noqa: ARG002, FBT001 - Django's signature
    ) -> None:
        """Keep the file; one to be restored is checked already."""
        kind, content = form.kind_chosen, form.cleaned_data["content"]
        row = import_upload(
            name=form.file_name, kind=kind, content=content, import_id=form.cleaned_data["token"]
        )
        checked = form.cleaned_data.get("checked")
        if checked and row.state == ImportState.UPLOADED:
            row = import_check(import_id=row.key, checked=checked, notes=checked.notes)
        for field in SubscriberImport._meta.concrete_fields:
            setattr(obj, field.attname, getattr(row, field.attname))

    def construct_change_message(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        form: Any,
        formsets: Any,  # noqa: ARG002 - Django's signature
        add: bool = False,  # noqa: ARG002, FBT001, FBT002 - Django's signature
    ) -> Any:
        return f"Uploaded: {form.kind_chosen}."

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """What comes next: nothing has been imported, so nothing says that anything was."""
        return self._to("change" if obj.kind == ImportKind.RESTORE else "columns", obj.pk)

    def _to(self, page: str, object_id: str) -> HttpResponse:
        return redirect(f"admin:subscriptions_subscriberimport_{page}", object_id)

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Start the import"),
        permissions=["manage"],
        url_path="begin",
        icon="play_arrow",
        variant=ActionVariant.PRIMARY,
        dialog={
            "title": gettext_lazy("Start the import"),
            "description": gettext_lazy(
                "About fifty rows a second. Addresses that are already here stay as they are, and "
                "people who have left are not brought back."
            ),
            "form_class": None,
            "form_submit_text": gettext_lazy("Start the import"),
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
            "description": gettext_lazy("What is imported stays. It can go on later, for a day."),
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


def _possible(each: SubscriberImport) -> str:
    """The state, by which buttons make sense: an export that is restored has no columns."""
    restored = each.kind == ImportKind.RESTORE and each.state == ImportState.CHECKED
    return ImportState.STOPPED.value if restored else each.state


def _problem_lines(problems: list[dict[str, Any]], values: Sequence[str]) -> Iterator[str]:
    for number, problem in enumerate(problems):
        text = _("Line %(line)s") if not problem["column"] else _("Line %(line)s, “%(column)s”")
        value = f" “{values[number]}”" if number < len(values) and values[number] else ""
        yield f"{text % problem}: {problem['message']}{value}"
