"""An admin site of the library, with everyone signed in: urls, middleware and admins."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from ivent_site.dynamodb.admin import CursorModelAdmin
from tests.ivent_site.dynamodb.library import Book, Shelf


class Librarian:
    """May everything."""

    pk = id = "u1"
    is_staff = is_active = is_authenticated = True
    is_anonymous = False
    username = email = "librarian"

    def get_username(self) -> str:
        return self.username

    get_short_name = get_full_name = get_username

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return True

    def has_module_perms(self, module: str) -> bool:
        return True


def signed_in(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """The middleware that signs the librarian in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = Librarian()  # type: ignore[assignment]
        return get_response(request)

    return middleware


site = UnfoldAdminSite(name="admin")


@admin.register(Book, site=site)
class BookAdmin(CursorModelAdmin, ModelAdmin):  # type: ignore[misc]
    list_display = ("id", "title", "status", "starts_at", "pages", "shelf")
    list_display_links = ("id",)
    list_editable = ("pages",)
    list_filter = ("status", "hidden")
    search_fields = ("^title",)
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    list_per_page = 5
    actions = ("hide",)

    @admin.action(description="Hide")
    def hide(self, request: HttpRequest, queryset: Any) -> None:
        queryset.update(hidden=True)


@admin.register(Shelf, site=site)
class ShelfAdmin(CursorModelAdmin, ModelAdmin):  # type: ignore[misc]
    list_display = ("code", "name")


urlpatterns = [path("admin/", site.urls)]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tests.ivent_site.dynamodb.library_site.signed_in",
    "django.contrib.messages.middleware.MessageMiddleware",
]
