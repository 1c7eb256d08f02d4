"""The forms of the public pages."""

from functools import cache
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from events.selectors import topics_all
from events.times import timezone_names
from ivent_site.preferences.selectors import preferences_get
from ivent_site.widgets import SelectOfMany
from subscriptions.addresses import ADDRESS_MAX_LENGTH
from subscriptions.validators import validate_email_address

Choices = list[tuple[str, Any]]


def topic_choices() -> Choices:
    """Every topic there is, by its slug."""
    return [(topic.slug, topic.name) for topic in topics_all()]


@cache
def timezone_choices() -> Choices:
    """Every time zone by region, behind the choice of none."""
    zones = sorted(timezone_names(), key=lambda zone: (_region(zone), zone))
    regions = [
        (region, [(zone, zone.replace("_", " ")) for zone in group])
        for region, group in groupby(zones, key=_region)
    ]
    return [("", _("That of each event")), *regions]


def language_choices() -> Choices:
    """The languages that admins offer."""
    offered = preferences_get().languages
    return [(code, name) for code, name in settings.LANGUAGES if code in offered]


def _region(zone: str) -> str:
    return zone.partition("/")[0] if "/" in zone else "UTC, GMT…"


class PreferencesForm(forms.Form):
    """What a subscriber wants, and how."""

    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        help_text=_("Choose none to hear about every event."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    locale = forms.ChoiceField(label=_("Language"), choices=language_choices)
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Times are shown in it, with the event's own beside them."),
        required=False,
        choices=timezone_choices,
        widget=SelectOfMany,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One look for both, the check and the page.
        self.fields["topics"].choices = topic_choices()  # type: ignore[attr-defined]
        if not self.fields["topics"].choices:  # type: ignore[attr-defined]
            del self.fields["topics"]


class SubscribeForm(PreferencesForm):
    """The preferences, and where to."""

    email = forms.CharField(
        label=_("E-mail address"),
        max_length=ADDRESS_MAX_LENGTH,
        strip=False,
        # Not type=email: browsers would rewrite an internationalised domain.
        widget=forms.TextInput(
            attrs={
                "inputmode": "email",
                "autocomplete": "email",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
        validators=[validate_email_address],
    )
    # Hidden from people; a program that fills it in gives itself away.
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    field_order = ["email", "topics", "locale", "timezone", "website"]

    @property
    def is_from_program(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.cleaned_data["website"])
