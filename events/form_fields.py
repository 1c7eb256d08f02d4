"""Fields that several forms of events have."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from unfold.widgets import UnfoldAdminSingleDateWidget

from events.validators import FIRST_YEAR, LAST_YEAR


class DayField(forms.DateField):
    """A day in the years that events may be in."""

    widget = UnfoldAdminSingleDateWidget
    default_validators = [
        MinValueValidator(date(FIRST_YEAR, 1, 1)),
        MaxValueValidator(date(LAST_YEAR, 12, 31)),
    ]
