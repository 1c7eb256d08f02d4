"""The links in mails: absolute, and none of them acts on GET."""

from django.conf import settings
from django.urls import reverse

from subscriptions.tokens import confirm_token, leave_token


def confirm_url(subscription_id: str, *, round: int) -> str:  # noqa: A002 - the field's name
    """The page that confirms a subscription, for seven days."""
    return _absolute("confirm", confirm_token(subscription_id, round=round))


def leave_url(subscription_id: str) -> str:
    """The page to unsubscribe on."""
    return _absolute("leave", leave_token(subscription_id))


def one_click_url(subscription_id: str) -> str:
    """Where mail programs unsubscribe their reader (RFC 8058)."""
    return _absolute("one_click", leave_token(subscription_id))


def preferences_url(subscription_id: str) -> str:
    """The page to choose topics, language and time zone on."""
    return _absolute("preferences", leave_token(subscription_id))


def _absolute(name: str, token: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=[token])}"
