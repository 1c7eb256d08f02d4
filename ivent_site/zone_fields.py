"""The form field of a time zone."""

from typing import Any

from django import forms

from ivent_site.zones import zone_names


class ZoneField(forms.ChoiceField):
    """Offers the choices that the form sets; takes older names as well, which browsers use."""

    def valid_value(self, value: Any) -> bool:
        return super().valid_value(value) or value in zone_names()
