"""A subscription's consent record in plain words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscriptions.enums import SubscriptionStatus
from subscriptions.models import Subscription

_PLACES: Final[dict[str, Any]] = {
    "web": gettext_lazy("on the public page"),
    "api": gettext_lazy("through the API"),
    "staff": gettext_lazy("by the staff, in this person's name"),
    "import": gettext_lazy("by an import of the staff"),
}


def consent_story(subscription: Subscription) -> list[str]:
    """What happened, sentence by sentence: asked, agreed, stopped."""
    return [*_agreement(subscription.consent or {}), *_end(subscription)]


def _agreement(consent: dict[str, Any]) -> Iterator[str]:
    if not consent:
        yield _("Nothing has been agreed to yet: no mail but the one that asks for confirmation.")
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
            "reason": stopped.get("reason", ""),
        }
    elif subscription.status == SubscriptionStatus.BOUNCED:
        yield _("A mail came back for good, so there are no more.")
    elif subscription.status == SubscriptionStatus.COMPLAINED:
        yield _("The person marked a mail as spam, so there are no more.")
    elif subscription.status == SubscriptionStatus.LEFT:
        yield _("The person, or the staff on request, has unsubscribed.")


def _moment(text: str) -> str:
    try:
        moment = localtime(datetime.fromisoformat(text))
    except ValueError:
        return text
    return date_format(moment, "DATETIME_FORMAT")
