"""What SES still lets through, and how long a number of mails takes, in words."""

import math
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from notifications.transports.account import Account

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 24 * _HOUR_S


def duration_text(seconds: float) -> str:
    """About how long that is."""
    if seconds < _MINUTE_S:
        return _("less than a minute")
    if seconds < _HOUR_S:
        minutes = math.ceil(seconds / _MINUTE_S)
        return _("about %(minutes)s min") % {"minutes": minutes}
    if seconds >= 2 * _DAY_S:
        return _("about %(days)s days") % {"days": number_format(round(seconds / _DAY_S))}
    hours = round(seconds / _HOUR_S, 1)
    return _("about %(hours)s h") % {"hours": number_format(hours)}


def sending_time(account: Account | None, total: int) -> str:
    """How long so many mails take, in words; "" if SES does not say."""
    if account is None or not account.rate or not account.daily:
        return ""
    waiting = total - account.left
    days = math.ceil(waiting / account.daily) if waiting > 0 else 0
    return duration_text(max(total / account.rate, days * _DAY_S))


def quota_text(account: Account) -> str:
    """The rate, and what is left of the day's mails."""
    rate = number_format(f"{account.rate:g}")
    if math.isinf(account.left):
        return _("SES takes %(rate)s mails a second, and as many as you like.") % {"rate": rate}
    return _("SES takes %(rate)s mails a second, and %(left)s more within this day.") % {
        "rate": rate,
        "left": number_format(int(account.left)),
    }
