"""The forms of the public pages."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.selectors import topics_all
from ivent_site.language_choice import languages_offered
from ivent_site.preferences.selectors import preferences_get
from ivent_site.widgets import SelectOfMany
from ivent_site.zone_fields import ZoneField
from ivent_site.zones import display_name, zone_choices
from subscriptions.addresses import TYPED_MAX_LENGTH, address_clean
from subscriptions.enums import Frequency
from subscriptions.models import FREQUENCY_CHOICES
from subscriptions.validators import (
    NAME_CHARS,
    name_clean,
    validate_email_address,
    validate_name,
)

Choices = list[tuple[str, Any]]


def topic_choices() -> Choices:
    """Every topic there is, by its slug."""
    return [(topic.slug, topic.name) for topic in topics_all()]


def timezone_choices(saved: str = "") -> Choices:
    """The time zones by region, behind the choice of none; with the name that is saved."""
    return [("", _("That of each event")), *zone_choices(saved)]


def zone_preselected() -> str:
    """The organisation's zone, which a script replaces by the browser's; none if that is UTC, the
    zone of a site whose admins have set none.
    """
    zone = preferences_get().default_timezone
    return "" if zone == "UTC" else zone


def language_choices(saved: str = "") -> Choices:
    """The languages that admins offer, and the one that is saved."""
    offered = dict(languages_offered())
    return [each for each in settings.LANGUAGES if each[0] in offered or each[0] == saved]


def digest_offered(chosen: str = Frequency.AT_ONCE) -> bool:
    """Whether to let somebody choose, who has chosen this: there is a digest, or they want it."""
    return preferences_get().digest_weekday is not None or chosen == Frequency.WEEKLY


def digest_told() -> str:
    """What “once a week” means, in a line."""
    weekday = preferences_get().digest_weekday
    if weekday is None:
        return gettext("There is no digest at the moment, so each event is told at once.")
    told = gettext("A digest every %(weekday)s, with the events ahead; urgent news at once.")
    return told % {"weekday": WEEKDAYS[weekday]}


def changes_shown(changes: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """What a subscription would become, each as its label and its value."""
    names = dict(topic_choices())
    shown: dict[str, tuple[Any, Callable[[Any], Any]]] = {
        "topics": (_("Topics"), lambda slugs: ", ".join(names.get(each, each) for each in slugs)),
        "frequency": (_("How often"), dict(FREQUENCY_CHOICES).get),
        "locale": (_("Language"), dict(settings.LANGUAGES).get),
        "timezone": (_("Time zone"), lambda zone: zone and display_name(zone)),
    }
    empty = {"topics": _("Every topic"), "timezone": _("That of each event")}
    return [
        (label, shown_as(changes[name]) or empty.get(name, ""))
        for name, (label, shown_as) in shown.items()
        if name in changes
    ]


class AddressField(forms.CharField):
    """An e-mail address, without what a paste brings along."""

    default_validators = [validate_email_address]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=TYPED_MAX_LENGTH, strip=False, **kwargs)

    def clean(self, value: Any) -> str:
        return address_clean(super().clean(value))


class PreferencesForm(forms.Form):
    """What a subscriber wants, and how."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("If you like: staff see it beside your address."),
        required=False,
        max_length=NAME_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        validators=[validate_name],
    )
    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        help_text=_("Choose none to hear about every event."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    frequency = forms.ChoiceField(
        label=_("How often"),
        # What does not say stays as it is.
        required=False,
        choices=FREQUENCY_CHOICES,
        initial=Frequency.AT_ONCE,
        widget=forms.RadioSelect,
    )
    locale = forms.ChoiceField(label=_("Language"))
    timezone = ZoneField(
        label=_("Time zone"),
        help_text=_("Times are shown in it, with the event's own beside them."),
        required=False,
        widget=SelectOfMany,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = str(self.initial.get("timezone", ""))
        self.fields["timezone"].choices = timezone_choices(saved)  # type: ignore[attr-defined]
        self.fields["locale"].choices = self._languages()  # type: ignore[attr-defined]
        # One look for both, the check and the page.
        self.fields["topics"].choices = topic_choices()  # type: ignore[attr-defined]
        if not self.fields["topics"].choices:  # type: ignore[attr-defined]
            del self.fields["topics"]
        if digest_offered(self._chosen_frequency()):
            self.fields["frequency"].help_text = digest_told()
        else:
            del self.fields["frequency"]

    def clean_name(self) -> str:
        """The name without needless blanks; from a page that did not ask, that of before."""
        if "name" not in self.data:
            return str(self.get_initial_for_field(self.fields["name"], "name") or "")
        return name_clean(self.cleaned_data["name"])

    def clean_frequency(self) -> str:
        """The one that was chosen; from a page that did not ask, that of before."""
        return self.cleaned_data["frequency"] or self._chosen_frequency()

    def _chosen_frequency(self) -> str:
        return str(self.get_initial_for_field(self.fields["frequency"], "frequency"))

    def _languages(self) -> Choices:
        # Without their own, saving anything else would change it to the first one.
        return language_choices(str(self.initial.get("locale", "")))


class SubscribeForm(PreferencesForm):
    """The preferences, and where to."""

    email = AddressField(
        label=_("E-mail address"),
        # Not type=email: browsers refuse a pasted no-break space, and make another domain of some
        # (Chromium 156 sends strasse.de for straße.de).
        widget=forms.TextInput(
            attrs={
                "inputmode": "email",
                "autocomplete": "email",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    # Hidden from people; a program that fills it in gives itself away.
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    field_order = ["email", "name", "topics", "frequency", "locale", "timezone", "website"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["timezone"].propose_browsers_zone()  # type: ignore[attr-defined]

    def _languages(self) -> Choices:
        # The initial one is the browser's: there is none to keep.
        return language_choices()

    @property
    def is_from_program(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.cleaned_data["website"])
