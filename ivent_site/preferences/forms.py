"""The form of the settings, and the rules for what stands in every mail."""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminColorInputWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from ivent_site.colours import validate_readable
from ivent_site.header_text import UNSAFE
from ivent_site.preferences.models import SitePreferences
from ivent_site.widgets import AdminSelectOfMany
from ivent_site.zone_fields import ZoneField
from ivent_site.zones import zone_choices

# Subscripted for the type checker only: at run time the class takes no parameter.
if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[SitePreferences]
else:
    _ModelForm = forms.ModelForm

UNDO_MAX_S: Final = 3600
DIGEST_WEEKS_MAX: Final = 8
CONTENT: Final = (
    "organisation",
    "postal_address",
    "sender_name",
    "reply_to",
    "default_timezone",
    "languages",
    "undo_window_s",
    "reminders",
    "digest_weekday",
    "digest_hour",
    "digest_weeks",
    "logo_url",
    "colour",
    "footer",
)
_DAY: Final = 24 * 60
REMINDERS: Final = [
    (14 * _DAY, _("two weeks before")),
    (7 * _DAY, _("a week before")),
    (3 * _DAY, _("three days before")),
    (_DAY, _("a day before")),
    (3 * 60, _("three hours before")),
    (60, _("an hour before")),
]


def validate_line(text: str) -> None:
    """One line that a mail's header and foot can carry."""
    if UNSAFE.search(text):
        raise ValidationError(_("Control characters and “=?” are not allowed."), code="unsafe")


def validate_text(text: str) -> None:
    """A few lines that a mail's foot can carry."""
    validate_line(text.replace("\r\n", " ").replace("\n", " "))


def _line(**options: Any) -> forms.CharField:
    return forms.CharField(widget=UnfoldAdminTextInputWidget, validators=[validate_line], **options)


class SitePreferencesForm(_ModelForm):
    """Everything that admins set, checked."""

    organisation = _line(
        label=_("Organisation"), max_length=100, help_text=_("Who writes: in every mail and page.")
    )
    postal_address = _line(
        label=_("Postal address"),
        max_length=200,
        help_text=_("In the foot of every mail: the law of many countries wants it."),
    )
    sender_name = _line(
        label=_("Sender's name"),
        max_length=100,
        help_text=_("Beside the address in “From”. The address itself is part of the deployment."),
    )
    reply_to = forms.EmailField(
        label=_("Reply to"),
        max_length=254,
        widget=UnfoldAdminEmailInputWidget,
        validators=[validate_line],
        help_text=_("Where answers of readers go."),
    )
    default_timezone = ZoneField(
        label=_("Time zone"),
        widget=AdminSelectOfMany,
        help_text=_("Of events whose author names none, and of the clock by which the staff read."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=settings.LANGUAGES,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("What people may choose when they subscribe."),
    )
    undo_window_s = forms.IntegerField(
        label=_("Undo window"),
        validators=[MinValueValidator(0), MaxValueValidator(UNDO_MAX_S)],
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Seconds in which a publication can be taken back, before anything is sent."),
    )
    reminders = forms.TypedMultipleChoiceField(
        label=_("Reminders"),
        choices=REMINDERS,
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("What a new event begins with; each event may have others."),
    )
    digest_weekday = forms.TypedChoiceField(
        label=_("Send it on"),
        choices=[("", _("no day: there is no digest")), *WEEKDAYS.items()],
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_(
            "With a day, people may choose one mail a week in place of a mail about each new "
            "event and of reminders. Changes, cancellations and messages still reach them at "
            "once, and so does an event that begins before the next digest or within 12 hours "
            "after it. Without a day, everybody is told of everything at once."
        ),
    )
    digest_hour = forms.TypedChoiceField(
        label=_("Hour"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        widget=UnfoldAdminSelectWidget,
        help_text=_("By the clock of the time zone above, in summer and winter."),
    )
    digest_weeks = forms.IntegerField(
        label=_("Weeks ahead"),
        validators=[MinValueValidator(1), MaxValueValidator(DIGEST_WEEKS_MAX)],
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_(
            "Events that begin so soon are listed each week. Later ones are listed once, when "
            "they are new."
        ),
    )
    logo_url = forms.CharField(
        label=_("Logo"),
        max_length=500,
        required=False,
        validators=[URLValidator(schemes=["https"]), validate_line],
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "url"}),
        help_text=_("The https address of a picture, shown 40 pixels high above every mail."),
    )
    colour = forms.CharField(
        label=_("Colour"),
        max_length=7,
        validators=[validate_readable],
        widget=UnfoldAdminColorInputWidget,
        help_text=_("Of buttons and links. White text must be readable on it."),
    )
    footer = forms.CharField(
        label=_("Foot"),
        max_length=1000,
        required=False,
        validators=[validate_text],
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Plain text at the end of every mail, above the postal address."),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = SitePreferences
        fields = CONTENT

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version
        self.fields["default_timezone"].choices = zone_choices(self.instance.default_timezone)  # type: ignore[attr-defined]

    def clean_reply_to(self) -> str:
        """With its domain in ASCII, the only form that every mail server takes."""
        address = str(self.cleaned_data["reply_to"])
        if address.isascii():
            return address
        try:
            return str(validate_email(address, check_deliverability=False).ascii_email)
        except EmailNotValidError as err:
            raise ValidationError(_("Enter a valid e-mail address."), code="invalid") from err

    def clean_colour(self) -> str:
        """In lower case, as it is compared."""
        return str(self.cleaned_data["colour"]).lower()

    def clean_footer(self) -> str:
        """With one kind of line break."""
        return str(self.cleaned_data["footer"]).replace("\r\n", "\n")

    @property
    def values(self) -> dict[str, Any]:
        """What `preferences_update` takes."""
        values = {name: self.cleaned_data[name] for name in CONTENT}
        return {
            **values,
            "languages": tuple(values["languages"]),
            "reminders": tuple(sorted(values["reminders"], reverse=True)),
        }
