"""Fields that several forms of events have."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator

from events.validators import FIRST_YEAR, LAST_YEAR
from ivent_site.native_inputs import NativeDateField


class DayField(NativeDateField):
    """A day in the years that events may be in."""

    default_validators = [
        MinValueValidator(date(FIRST_YEAR, 1, 1)),
        MaxValueValidator(date(LAST_YEAR, 12, 31)),
    ]
