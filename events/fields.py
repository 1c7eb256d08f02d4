"""Days and moments in the API's bodies and queries: ISO 8601, written out."""

import re
from datetime import date, datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.validators import FIRST_YEAR, LAST_YEAR

_DAY = r"\d{4}-\d{2}-\d{2}"
_DAY_ONLY = re.compile(_DAY, re.ASCII)
_MOMENT = re.compile(
    # Nanoseconds, as some clients write them, are cut to microseconds; until 1972 a zone's
    # offset could have seconds, and is shown with them.
    _DAY + r"[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2}(:?\d{2})?)?",
    re.ASCII,
)


@extend_schema_field(OpenApiTypes.DATE)
class DayField(serializers.Field[date, Any, str, Any]):
    """A calendar day such as "2027-08-01"."""

    default_error_messages = {
        "invalid": "Give a real day as YYYY-MM-DD.",
        "year": f"The year must be from {FIRST_YEAR} to {LAST_YEAR}.",
    }

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not _DAY_ONLY.fullmatch(data):
            self.fail("invalid")
        return self._read(date, data)

    def to_representation(self, value: date) -> str:
        return value.isoformat()

    def _read(self, kind: type[date], text: str) -> date:
        try:
            value = kind.fromisoformat(text.upper())
        except ValueError:
            self.fail("invalid")
        # Far years would overflow when they are moved to another zone.
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            self.fail("year")
        return value


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(DayField):
    """A moment with its offset; without one, the wall clock in the event's zone; or a day.

    What clocks skip is refused, and so is what they show twice, unless the offset says which.
    """

    default_error_messages = {
        "invalid": "Give a real moment such as 2027-08-01T19:00:00+02:00, or without the offset "
        "for the clock in the event's time zone.",
    }

    def to_internal_value(self, data: Any) -> date | datetime:
        if isinstance(data, str) and _DAY_ONLY.fullmatch(data):
            return self._read(date, data)
        if not isinstance(data, str) or not _MOMENT.fullmatch(data):
            self.fail("invalid")
        return self._read(datetime, data)
