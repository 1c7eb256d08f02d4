"""What SES still lets through, and how long a number of mails takes, in words."""

import math
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from notifications.transports.account import Account

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600


def duration_text(seconds: float) -> str:
    """About how long that is."""
    if seconds < _MINUTE_S:
        return _("less than a minute")
    if seconds < _HOUR_S:
        minutes = math.ceil(seconds / _MINUTE_S)
        return _("about %(minutes)s min") % {"minutes": minutes}
    hours = round(seconds / _HOUR_S, 1)
    return _("about %(hours)s h") % {"hours": number_format(hours)}


def quota_text(account: Account) -> str:
    """The rate, and what is left of the day's mails."""
    rate = number_format(f"{account.rate:g}")
    if math.isinf(account.left):
        return _("SES takes %(rate)s mails a second, and as many as you like.") % {"rate": rate}
    return _("SES takes %(rate)s mails a second, and %(left)s more within this day.") % {
        "rate": rate,
        "left": number_format(int(account.left)),
    }
