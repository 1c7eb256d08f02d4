"""The API's rights, per HTTP method."""

from typing import Final

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

_READS_LIKE_GET: Final = frozenset({"HEAD", "OPTIONS"})


class MethodPermissions(BasePermission):
    """Lets a request through as the view's `permissions_by_method` says.

    The mapping goes from an HTTP method to a Django permission name, or to None for any
    authenticated identity. HEAD and OPTIONS follow GET; a method that the view answers but does
    not list is denied.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the identity may call the view with this method."""
        user = request.user
        if not user or not user.is_authenticated or not user.is_active:
            return False
        wanted: dict[str, str | None] = getattr(view, "permissions_by_method", {})
        method = "GET" if request.method in _READS_LIKE_GET else str(request.method)
        if method not in wanted:
            # DRF itself answers 405 where there is nobody to call.
            return not hasattr(view, method.lower())
        permission = wanted[method]
        return permission is None or user.has_perm(permission)
