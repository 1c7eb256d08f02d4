"""Who may do what: from Cognito groups to Django permission names.

Pure: no request, no database. `HasRights` gives an identity with groups the methods that
Django's admin and the API ask it by.
"""

from collections.abc import Collection, Iterable
from typing import Final

from ivent_site.cognito.enums import Group

_VIEW: Final = frozenset(
    {
        "events.view_event",
        "events.view_topic",
        "subscriptions.view_subscription",
        "notifications.view_announcement",
        "notifications.view_chunk",
    }
)
_EDIT: Final = frozenset(
    {
        "events.add_event",
        "events.change_event",
        "events.delete_event",
        "events.publish_event",
        "events.cancel_event",
        "subscriptions.invite_subscription",
        "subscriptions.unsubscribe_subscription",
        "notifications.change_announcement",
    }
)
_PERMISSIONS: Final[dict[str, frozenset[str]]] = {
    Group.EDITORS: _VIEW | _EDIT,
    Group.VIEWERS: _VIEW,
}
_STAFF: Final[frozenset[str]] = frozenset(Group)


def is_staff(groups: Collection[str]) -> bool:
    """Whether any of the groups lets into the admin."""
    return not _STAFF.isdisjoint(groups)


def is_admin(groups: Collection[str]) -> bool:
    """Whether the groups grant everything."""
    return Group.ADMINS in groups


def permissions_of(groups: Iterable[str]) -> frozenset[str]:
    """The permission names of the groups together; admins, who have all, are not listed."""
    return frozenset().union(*(_PERMISSIONS.get(group, frozenset()) for group in groups))


class HasRights:
    """Rights from `groups`, under the names that Django knows them by."""

    @property
    def groups(self) -> frozenset[str]:
        """The groups that count right now."""
        raise NotImplementedError

    @property
    def is_active(self) -> bool:
        """Whether this one may do anything at all."""
        raise NotImplementedError

    @property
    def is_staff(self) -> bool:
        """Whether the admin lets this one in."""
        return self.is_active and is_staff(self.groups)

    @property
    def is_superuser(self) -> bool:
        """Whether this one may do everything."""
        return self.is_active and is_admin(self.groups)

    def get_all_permissions(self, obj: object = None) -> frozenset[str]:  # noqa: ARG002 - Django's signature
        """The permission names from the groups."""
        return permissions_of(self.groups) if self.is_active else frozenset()

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        """Whether the groups grant the permission, such as "events.change_event"."""
        return self.is_superuser or perm in self.get_all_permissions()

    def has_perms(self, perm_list: Iterable[str], obj: object = None) -> bool:
        """Whether the groups grant every one of the permissions."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the groups grant anything in the app."""
        return self.is_superuser or any(
            name.startswith(f"{app_label}.") for name in self.get_all_permissions()
        )
