"""Template filters for numbers and moments, as the page's language writes them."""

from datetime import datetime

from django import template
from django.utils.formats import date_format, get_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def percent(value: float, digits: int | str = 0) -> str:
    """Such as "0.125%", or "0,125 %" where a space belongs before the sign.

    With fewer than no digits, at most so many: "5%", "0.05%".
    """
    places = int(digits)
    if places < 0:
        places = len(f"{value:.{-places}f}".rstrip("0").partition(".")[2])
    return _("%(number)s%%") % {"number": number_format(value, places)}


@register.filter
def clock(value: datetime, seconds: str = "") -> str:
    """The time of a moment with its zone; with seconds if the argument is "s"."""
    pattern = get_format("TIME_FORMAT") + " T"
    return date_format(localtime(value), pattern.replace("i", "i:s") if seconds else pattern)


@register.filter
def to_the_second(value: datetime) -> str:
    """A moment with its seconds and zone; otherwise as every moment of the page."""
    pattern = get_format("DATETIME_FORMAT").replace("i", "i:s")
    return date_format(localtime(value), pattern)
