"""The admin's sidebar: every page that stands for itself, for those who may see it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of links, as unfold's SIDEBAR takes them."""
    groups: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        ("", [_item(_("Overview"), "space_dashboard", "admin:index")]),
        (
            _("Events"),
            [
                {**_list("events.event", _("Events"), "event"), "active": _is_event},
                _list("events.topic", _("Topics"), "sell"),
            ],
        ),
        (
            _("Mails"),
            [
                {
                    **_list("notifications.announcement", _("Announcements"), "campaign"),
                    "active": _is_announcement,
                },
                _item(
                    _("Dead letters"),
                    "unsubscribe",
                    "admin:dead_letters",
                    may=_may("notifications.view_announcement"),
                ),
            ],
        ),
        (
            _("People"),
            [
                _list("subscriptions.subscription", _("Subscribers"), "group"),
                _list("subscriptions.subscriberimport", _("Imports"), "upload_file"),
                _list("cognito.staffuser", _("Staff"), "badge"),
            ],
        ),
        ("", [_list("preferences.sitepreferences", _("Settings"), "settings")]),
    )
    return [
        {"title": title, "items": shown}
        for title, items in groups
        if (shown := [each for each in items if each["permission"](request)])
    ]


def _is_event(request: HttpRequest) -> bool:
    """Whether the page is of events; the review of their mails is, too."""
    return request.path.startswith(reverse("admin:events_event_changelist")) or _is_review(request)


def _is_announcement(request: HttpRequest) -> bool:
    """Whether the page is of announcements; other pages' addresses begin like theirs."""
    path = request.path
    return path.startswith(reverse("admin:notifications_announcement_changelist")) and not (
        path.startswith(reverse("admin:dead_letters")) or _is_review(request)
    )


def _is_review(request: HttpRequest) -> bool:
    one = reverse("admin:event_review", args=["0"]).removesuffix("0/")
    return request.path.startswith((one, reverse("admin:event_reviews")))


def _list(model: str, title: Any, icon: str) -> dict[str, Any]:
    app, _dot, name = model.partition(".")
    url = f"admin:{app}_{name}_changelist"
    return _item(title, icon, url, may=_may(f"{app}.view_{name}"))


def _item(
    title: Any, icon: str, url: str, *, may: Callable[[HttpRequest], bool] = lambda _request: True
) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(url), "permission": may}


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)
