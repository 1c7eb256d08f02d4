"""The links in mails: absolute, and none of them acts on GET.

Made without Django's `reverse`, which would load every view into the worker; a test holds
them against `subscriptions.urls`.
"""

from django.conf import settings

from subscriptions.tokens import confirm_token, leave_token


def confirm_url(subscription_id: str, *, round: int) -> str:  # noqa: A002 - the field's name
    """The page that confirms a subscription, for seven days."""
    return f"{settings.PUBLIC_URL}/confirm/{confirm_token(subscription_id, round=round)}"


def leave_url(subscription_id: str) -> str:
    """The page to unsubscribe on."""
    return f"{settings.PUBLIC_URL}/leave/{leave_token(subscription_id)}"


def one_click_url(subscription_id: str) -> str:
    """Where mail programs unsubscribe their reader (RFC 8058)."""
    return f"{settings.PUBLIC_URL}/one-click/{leave_token(subscription_id)}"


def preferences_url(subscription_id: str) -> str:
    """The page to choose topics, language and time zone on."""
    return f"{settings.PUBLIC_URL}/preferences/{leave_token(subscription_id)}"
