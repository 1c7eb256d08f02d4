"""What a ModelAdmin of a bound model is mixed with."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from ivent_site.dynamodb.changelist import CursorChangeList
from ivent_site.dynamodb.operations import ConflictError
from ivent_site.dynamodb.selecting import allow_partial
from ivent_site.dynamodb.store import Path, Store, store_of
from ivent_site.empty_lists import Beginning
from ivent_site.history import form_changes
from ivent_site.kept_forms import KEPT, NOTES, is_kept, unsaved

# Subscripted for the type checker only: at run time the class takes no parameter.
if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = admin.ModelAdmin


class CursorModelAdmin(_Base):
    """Lists by cursor: `class EventAdmin(CursorModelAdmin, unfold.admin.ModelAdmin)`.

    Only the columns that a path orders by can be sorted by. `search_fields = ("^title",)`
    searches by the Prefix of `title`; partition fields make cheap list filters.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # What the list says as long as nothing is in it.
    beginning: Beginning | None = None
    # Actions are for what was ticked on the page: what lies beyond it is not known.
    list_disable_select_all = True

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002 - Django's signature
        return CursorChangeList

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """Of the listed columns, those whose field is the order of a path."""
        store = store_of(self.model)
        paths = store.paths if isinstance(store, Store) else ()
        orders = {path.order for path in paths if isinstance(path, Path)}
        return [
            name for name in self.get_list_display(request) if self._order_field(name) in orders
        ]

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> "Paginator[Any]":
        """The paginator of an object's history: of a very long one, the part under the cap."""
        queryset = queryset.all()
        allow_partial(queryset.query)
        return super().get_paginator(request, queryset, *args, **kwargs)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Only what was ticked: "all across pages" is not offered, and not obeyed."""
        data = request.POST.copy()
        data["select_across"] = "0"
        request.POST = data  # type: ignore[assignment]
        return super().response_action(request, queryset)

    def construct_change_message(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        add: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Any:
        """What the history keeps of a change: old and new values."""
        told = "" if add else form_changes(form)
        return told or super().construct_change_message(request, form, formsets, add)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **kwargs: Any,
    ) -> Any:
        """Django's; a form that was kept is shown, and not saved."""
        form = super().get_form(request, obj, change, **kwargs)
        return unsaved(form) if is_kept(request) else form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Django's view; who is overtaken by someone else's write is told, and saves nothing."""
        if is_kept(request) and (note := NOTES.get(request.POST[KEPT])):
            self.message_user(request, note, messages.WARNING)
        return self._unless_overtaken(super().changeform_view, request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The same for what is edited in the list, and for actions."""
        return self._unless_overtaken(super().changelist_view, request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The same for a deletion."""
        return self._unless_overtaken(super().delete_view, request, *args, **kwargs)

    def _unless_overtaken(
        self, view: Callable[..., Any], request: HttpRequest, *args: Any, **kwargs: Any
    ) -> Any:
        # The views commit their block themselves, so only around them is a conflict seen.
        try:
            return view(request, *args, **kwargs)
        except ConflictError:
            message = _(
                "Someone else changed this at the same moment, so nothing was saved."
                " Please look at what it is now, and try again."
            )
            self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def _order_field(self, name: Any) -> Any:
        column = name if callable(name) else getattr(self, str(name), name)
        return getattr(column, "admin_order_field", column)
