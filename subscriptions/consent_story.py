"""A subscription's consent record in plain words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscriptions.enums import StopCause, SubscriptionStatus
from subscriptions.imported import DO_NOT_MAIL
from subscriptions.models import Subscription

_PLACES: Final[dict[str, Any]] = {
    "web": gettext_lazy("on the public page"),
    "api": gettext_lazy("through the API"),
    "staff": gettext_lazy("by the staff, in this person's name"),
    "import": gettext_lazy("by an import of the staff"),
}
_REASONS: Final[dict[str, Any]] = {DO_NOT_MAIL: gettext_lazy("on the do-not-mail list")}


def consent_story(subscription: Subscription) -> list[str]:
    """What happened, sentence by sentence: asked, agreed, stopped."""
    return [*_agreement(subscription.consent or {}), *_end(subscription)]


def _agreement(consent: dict[str, Any]) -> Iterator[str]:
    if not consent:
        yield _("Nothing has been agreed to yet: no mail but the one that asks for confirmation.")
        return
    if consent.get("restored"):
        yield _("Restored on %(at)s from an export: agreed on %(date)s, “%(source)s”.") % {
            "at": _moment(consent.get("at", "")),
            "date": _moment(consent.get("date", "")),
            "source": consent.get("source", ""),
        }
        return
    if consent.get("declared"):
        yield _(
            "The staff declared on %(at)s that consent was given on %(date)s: “%(source)s”."
        ) % {
            "at": _moment(consent.get("at", "")),
            "date": consent.get("date", ""),
            "source": consent.get("source", ""),
        }
        return
    if consent.get("requested_at"):
        source = consent.get("source", "")
        place = _PLACES.get(source, source)
        yield _("Asked for on %(at)s, %(place)s.") % {
            "at": _moment(consent["requested_at"]),
            "place": place,
        }
    if consent.get("note"):
        yield _("The staff's reason to ask: “%(note)s”.") % {"note": consent["note"]}
    if consent.get("text_version"):
        yield _("Confirmed by the link in the mail on %(at)s, agreeing to the text “%(text)s”.") % {
            "at": _moment(consent.get("at", "")),
            "text": consent["text_version"],
        }
    else:
        yield _("On record since %(at)s, from “%(source)s”.") % {
            "at": _moment(consent.get("at", "")),
            "source": consent.get("source", ""),
        }


def _end(subscription: Subscription) -> Iterator[str]:
    stopped = subscription.suppression or {}
    if subscription.status == SubscriptionStatus.SUPPRESSED:
        yield _("Stopped by the staff on %(at)s: “%(reason)s”.") % {
            "at": _moment(stopped.get("at", "")),
            "reason": _REASONS.get(stopped.get("reason", ""), stopped.get("reason", "")),
        }
    elif subscription.status in {SubscriptionStatus.BOUNCED, SubscriptionStatus.COMPLAINED}:
        yield _feedback(subscription.status, stopped)
    elif subscription.status == SubscriptionStatus.LEFT:
        yield _("The person, or the staff on request, has unsubscribed.")


def _feedback(status: str, stopped: dict[str, Any]) -> str:
    """Why SES's feedback stopped it; rows from before the cause was kept have the status alone."""
    cause = stopped.get("cause")
    if cause in {StopCause.LISTED, StopCause.COMPLAINT_LISTED}:
        return _("SES suppresses this address, so no e-mails are sent to it.")
    if cause == StopCause.SETUP:
        return _(
            "An e-mail bounced because of our own e-mail set-up (%(code)s), so there are no more"
            " until an admin restores the subscription."
        ) % {"code": stopped.get("code", "")}
    if status == SubscriptionStatus.BOUNCED:
        return _("A mail came back for good, so there are no more.")
    return _("The person marked a mail as spam, so there are no more.")


def _moment(text: str) -> str:
    try:
        moment = localtime(datetime.fromisoformat(text))
    except ValueError:
        return text
    return date_format(moment, "DATETIME_FORMAT")
