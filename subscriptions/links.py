"""The links in mails: absolute, and none of them acts on GET.

Made without Django's `reverse`, which would load every view into the worker; a test holds
them against `subscriptions.urls`.
"""

from typing import NamedTuple

from django.conf import settings

from subscriptions.tokens import change_token, confirm_token, leave_token


def confirm_url(subscription_id: str, *, round: int) -> str:  # noqa: A002 - the field's name
    """The page that confirms a subscription, for seven days."""
    return f"{settings.PUBLIC_URL}/confirm/{confirm_token(subscription_id, round=round)}"


def change_url(subscription_id: str, *, request_id: str) -> str:
    """The page that applies what a request asked for, for seven days."""
    return f"{settings.PUBLIC_URL}/change/{change_token(subscription_id, request_id=request_id)}"


class ReaderLinks(NamedTuple):
    """The links that a reader needs no sign-in for; `one_click` is for mail programs (RFC 8058)."""

    leave: str
    preferences: str
    one_click: str


def reader_links(subscription_id: str) -> ReaderLinks:
    """The pages to unsubscribe and to choose on, and where mail programs unsubscribe."""
    site, token = settings.PUBLIC_URL, leave_token(subscription_id)
    return ReaderLinks(
        f"{site}/leave/{token}", f"{site}/preferences/{token}", f"{site}/one-click/{token}"
    )
