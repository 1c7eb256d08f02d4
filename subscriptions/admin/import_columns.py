"""The page between an upload and its report: what each column of the file is read as."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from ivent_site.dynamodb.writes import ConflictError
from subscriptions.enums import ImportKind
from subscriptions.import_forms import ColumnsForm
from subscriptions.import_sheet import ENCODINGS
from subscriptions.imports import import_check, import_content, import_get
from subscriptions.models import SubscriberImport
from subscriptions.tables import ImportRow

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[SubscriberImport]
else:
    _Base = object

_TEMPLATE: Final = "admin/subscriptions/subscriberimport/columns.html"


class ColumnsPage(_Base):
    """GET shows the columns, POST checks the file as they were chosen."""

    @action(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=gettext_lazy("Choose the columns"),
        permissions=["manage"],
        url_path="columns",
        icon="view_column",
    )
    def columns(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The columns, and whether the people have agreed."""
        row = import_get(object_id)
        if row is None:
            raise Http404
        content = import_content(row) if row.kind != ImportKind.RESTORE else None
        if content is None:
            text = _("This file cannot be read again. Upload it once more.")
            self.message_user(request, text, "ERROR")
            return redirect("admin:subscriptions_subscriberimport_changelist")
        if request.method == "POST":
            form = ColumnsForm(request.POST, row=row, content=content)
            if form.is_valid() and self._checked(request, row, form):
                return redirect("admin:subscriptions_subscriberimport_change", object_id)
        else:
            form = ColumnsForm(row=row, content=content, initial=_initial(request, row))
        return TemplateResponse(request, _TEMPLATE, self._context(request, row, form))

    def _checked(self, request: HttpRequest, row: ImportRow, form: ColumnsForm) -> bool:
        try:
            with transaction.atomic():
                checked = import_check(
                    import_id=row.key,
                    checked=form.checked,
                    consent=form.consent,
                    language=form.cleaned_data.get("language", ""),
                    encoding=form.read_as,
                    notes=form.checked.notes,
                )
                self.log_change(request, self._object(row), _history(form))
        except ConflictError:
            text = _("That cannot be done as things are: look at the page again.")
            self.message_user(request, text, "ERROR")
            return False
        return checked.state == "checked"

    def _object(self, row: ImportRow) -> SubscriberImport:
        return SubscriberImport(pk=row.key, name=row.name)

    def _context(self, request: HttpRequest, row: ImportRow, form: ColumnsForm) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": _("What is in the columns?"),
            "opts": self.opts,
            "form": form,
            "row": row,
            "is_people": row.kind == ImportKind.PEOPLE,
            # Text that is valid UTF-8 is nothing else.
            "encodings": ENCODINGS if form.sheet.encoding not in ("", "utf-8-sig") else {},
            "back": reverse("admin:subscriptions_subscriberimport_changelist"),
        }


def _initial(request: HttpRequest, row: ImportRow) -> dict[str, Any]:
    consent = row.consent or {}
    return {
        "language": row.language,
        "consent_source": consent.get("source", ""),
        "consent_date": consent.get("date", ""),
        "encoding": request.GET.get("encoding", row.encoding),
    }


def _history(form: ColumnsForm) -> str:
    checked, consent = form.checked, form.consent
    counts = f"Checked: {len(checked.people)} rows to import, {checked.wrong} left out."
    if form.kind is not ImportKind.PEOPLE:
        return counts
    declared = f"Consent of {consent.date}: “{consent.source}”." if consent else "All are asked."
    return f"{counts} {declared}"
