"""The form field of a time zone."""

from typing import Any

from django import forms

from ivent_site.zones import zone_names


class ZoneField(forms.ChoiceField):
    """Offers the choices that the form sets; takes older names as well, which browsers use."""

    def propose_browsers_zone(self) -> None:
        """Let static/ivent/zone.js select the browser's zone, if the form's page includes it."""
        self.widget.attrs["data-iv-browser-zone"] = "1"

    def valid_value(self, value: Any) -> bool:
        return super().valid_value(value) or value in zone_names()
