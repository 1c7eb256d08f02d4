"""Who has signed in, for admins to read."""

import django.contrib.auth.admin  # noqa: F401 - registers Group, which is taken away below
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from ivent_site.cognito.models import StaffUser
from ivent_site.dynamodb.admin import CursorModelAdmin
from ivent_site.empty_lists import Beginning, Step

# Groups are Cognito's.
admin.site.unregister(Group)


@admin.register(StaffUser)
class StaffUserAdmin(CursorModelAdmin, ModelAdmin):  # type: ignore[misc]  # unfold brings no types
    """A list to look at: people come and go, and get their rights, in Cognito."""

    beginning = Beginning(
        _(
            "Nobody has signed in yet. Put people into one of the groups of the user pool in"
            " Cognito, and send them this address."
        ),
        (Step(_("To the overview"), "admin:index"),),
    )
    list_display = ("__str__", "name", "last_login_at", "created_at")
    ordering = ("-last_login_at",)
    fields = ("id", "username", "email", "name", "last_login_at", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: StaffUser | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: StaffUser | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False
