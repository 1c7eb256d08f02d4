"""The form that takes a file of addresses, and checks all of it before anything is kept."""

from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from events.selectors import topics_all
from ivent_site.native_inputs import NativeDateField
from subscriptions.forms import language_choices
from subscriptions.import_file import BYTES_MAX, Checked, FileError, Reading, file_check
from subscriptions.imports import DeclaredConsent
from subscriptions.models import SubscriberImport

# Subscripted for the type checker only: at run time the class takes no parameter.
if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[SubscriberImport]
else:
    _ModelForm = forms.ModelForm

COLUMNS: Final = ("email", "topics", "locale", "timezone", "frequency")
_NAME_CHARS: Final = 100


def _column(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=100, widget=UnfoldAdminTextInputWidget
    )


class ImportForm(_ModelForm):
    """A file, how to read it, and whether its people have agreed already."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=format_lazy(
            _(
                "With a first line that names the columns: email, and if you like topics, language,"
                " timezone, frequency (at_once or weekly). At most {size} MB; split what is larger."
            ),
            size=BYTES_MAX // 1024 // 1024,
        ),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,text/csv"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=language_choices,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Of those whose row names none."),
    )
    consent_source = forms.CharField(
        label=_("Where these people agreed to be mailed"),
        required=False,
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_(
            "Leave it empty if you are not sure: then each of them is asked by mail, and gets "
            "nothing else until they confirm. What you write is kept as their consent."
        ),
    )
    consent_date = NativeDateField(label=_("When they agreed"), required=False)
    email_column = _column(_("Column of the address"))
    topics_column = _column(_("Column of the topics"))
    locale_column = _column(_("Column of the language"))
    timezone_column = _column(_("Column of the time zone"))
    frequency_column = _column(_("Column of the frequency"))

    class Meta:
        model = SubscriberImport
        fields = ()

    def clean_consent_date(self) -> date | None:
        """No day that is still to come."""
        day: date | None = self.cleaned_data["consent_date"]
        if day and day > date.today():  # noqa: DTZ011 - a day's tolerance is meant
            raise ValidationError(_("This day is still to come."), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        """Declared consent is complete; the file can be read, whatever is wrong with its rows."""
        cleaned = super().clean() or self.cleaned_data
        source, day = cleaned.get("consent_source"), cleaned.get("consent_date")
        if source and not day and "consent_date" not in self.errors:
            self.add_error("consent_date", _("Say when they agreed, too."))
        if day and not source:
            self.add_error("consent_source", _("Say where they agreed, too."))
        if not self.errors:
            self._check(cleaned)
        return cleaned

    @property
    def checked(self) -> Checked:
        """What is in the file."""
        checked: Checked = self.cleaned_data["checked"]
        return checked

    @property
    def file_name(self) -> str:
        """The file's own name."""
        return PurePath(self.cleaned_data["file"].name).name[:_NAME_CHARS]

    @property
    def consent(self) -> DeclaredConsent | None:
        """What is declared; None if everybody is to be asked."""
        source, day = self.cleaned_data["consent_source"], self.cleaned_data["consent_date"]
        return DeclaredConsent(source=source, date=day.isoformat()) if source else None

    def _check(self, cleaned: dict[str, Any]) -> None:
        upload = cleaned["file"]
        if upload.size > BYTES_MAX:
            size = BYTES_MAX // 1024 // 1024
            self.add_error(
                "file", _("The file has more than %(size)s MB: split it.") % {"size": size}
            )
            return
        topics = topics_all()
        reading = Reading(
            columns={name: cleaned[f"{name}_column"] for name in COLUMNS},
            locales=[code for code, _name in language_choices()],
            default_locale=cleaned["language"],
            topics={topic.name.casefold(): topic.slug for topic in topics}
            | {topic.slug: topic.slug for topic in topics},
        )
        try:
            cleaned["checked"] = file_check(upload.read(), reading)
        except FileError as err:
            self.add_error("file", str(err))
