"""Dates and times that staff enter: the browser's own inputs, each with its date in words.

The browser shows and reads them the way its user is used to, and always posts ISO 8601. Nothing
else is accepted, because "12/06/2027" is one day in London and another in New York.
"""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import DATETIME_CLASSES

_QUOTED_CHARS = 40


def day_in_words(day: date) -> str:
    """Such as “Sunday, 1 August 2027”, in the page's language."""
    parts = {"weekday": date_format(day, "l"), "date": date_format(day, "DATE_FORMAT")}
    return _("%(weekday)s, %(date)s") % parts


class _Echoed(forms.widgets.DateTimeBaseInput):
    """An input with an output beside it, which static/ivent/when.js keeps up to date."""

    incomplete: ClassVar[str | Promise]

    class Media:
        js = ("ivent/when.js",)

    def __init__(self, attrs: dict[str, Any] | None = None, format: str | None = None) -> None:  # noqa: A002 - Django's signature
        classes = " ".join(("iv-native", *DATETIME_CLASSES))
        super().__init__({"class": classes, **(attrs or {})}, format or self.format)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The input and its output; without a script the output says what was saved or posted."""
        field = super().render(name, value, attrs, renderer)
        return format_html(
            '{}<output class="iv-echo" for="{}" data-iv-incomplete="{}">{}</output>',
            field,
            (attrs or {}).get("id", ""),
            self.incomplete,
            self.in_words(value),
        )

    def in_words(self, value: Any) -> str:  # noqa: ARG002 - for subclasses
        """The value in words; "" if there is nothing to add."""
        return ""


class DayInput(_Echoed):
    """A date, with its weekday."""

    input_type = "date"
    format = "%Y-%m-%d"
    format_key = "DATE_INPUT_FORMATS"
    incomplete = gettext_lazy("This date is incomplete: complete it or clear it.")

    def in_words(self, value: Any) -> str:
        """The weekday and the date, if it is one."""
        try:
            day = value if isinstance(value, date) else parse_date(str(value or ""))
        except ValueError:
            return ""
        return day_in_words(day) if day else ""


class ClockInput(_Echoed):
    """A time of day, to the minute."""

    input_type = "time"
    format = "%H:%M"
    format_key = "TIME_INPUT_FORMATS"
    incomplete = gettext_lazy("This time is incomplete: complete it or clear it.")


class NativeDateField(forms.DateField):
    """A date; an error quotes what was posted, and names the format."""

    widget = DayInput
    input_formats = ["%Y-%m-%d"]

    def to_python(self, value: Any) -> date | None:
        """The date; ValidationError for anything but YYYY-MM-DD."""
        try:
            return super().to_python(value)
        except ValidationError:
            message = _("“%(value)s” is not a date like 2027-06-12 (year-month-day).")
            raise _refused(message, value) from None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The browser offers no year that the rules refuse."""
        names = {MinValueValidator: "min", MaxValueValidator: "max"}
        limits = {
            names[type(each)]: each.limit_value.isoformat()
            for each in self.default_validators
            if isinstance(each, MinValueValidator | MaxValueValidator)
        }
        return {**super().widget_attrs(widget), **limits}


class NativeTimeField(forms.TimeField):
    """A time of day; an error quotes what was posted, and names the format."""

    widget = ClockInput
    input_formats = ["%H:%M", "%H:%M:%S"]

    def to_python(self, value: Any) -> Any:
        """The time; ValidationError for anything but HH:MM."""
        try:
            return super().to_python(value)
        except ValidationError:
            message = _("“%(value)s” is not a time like 19:30 or 09:00 (24-hour clock).")
            raise _refused(message, value) from None


def _refused(message: str, value: Any) -> ValidationError:
    return ValidationError(message, "invalid", {"value": str(value)[:_QUOTED_CHARS]})
