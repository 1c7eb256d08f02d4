"""The forms of an import: which file, and then what each of its columns is read as."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from events.selectors import topics_all
from events.validators import is_id
from ivent_site.ids import uuid7
from ivent_site.native_inputs import NativeDateField
from subscriptions.enums import ImportKind
from subscriptions.forms import language_choices
from subscriptions.import_columns import FIELD_LABELS, REPEATABLE, Field, fields_guess
from subscriptions.import_file import Checked, Reading, file_check
from subscriptions.import_sheet import (
    BYTES_MAX,
    ENCODINGS,
    FileError,
    Sheet,
    sheet_open,
    too_large,
    too_many_rows,
)
from subscriptions.imports import DeclaredConsent
from subscriptions.models import KIND_LABELS, SubscriberImport
from subscriptions.tables import ImportRow

# Subscripted for the type checker only: at run time the class takes no parameter.
if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[SubscriberImport]
else:
    _ModelForm = forms.ModelForm

_NAME_CHARS: Final = 100
# So many rows, and so much of each cell, show what is in a column.
_SAMPLES: Final = 3
_SAMPLE_CHARS: Final = 40


def reading_of(kind: ImportKind, *, language: str, **how: Any) -> Reading:
    """How to read a file of this kind, with the languages and topics of now."""
    topics = topics_all()
    # An export has the languages that were offered once.
    languages = settings.LANGUAGES if kind is ImportKind.RESTORE else language_choices()
    return Reading(
        kind=kind,
        locales=[code for code, _name in languages],
        default_locale=language,
        topics={topic.name.casefold(): topic.slug for topic in topics}
        | {topic.slug: topic.slug for topic in topics},
        **how,
    )


class UploadForm(_ModelForm):
    """Which file, and what becomes of the addresses in it."""

    # A second click uploads nothing twice.
    token = forms.CharField(widget=forms.HiddenInput, initial=uuid7, required=False)
    file = forms.FileField(
        label=_("File"),
        help_text=format_lazy(
            _(
                "CSV or Excel (.xlsx), with the names of the columns in the first line. At most"
                " {size} MB; split what is larger. Next, you see how each column is read."
            ),
            size=BYTES_MAX // 1024 // 1024,
        ),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )
    kind = forms.ChoiceField(
        label=_("What is in the file"),
        choices=[(each.value, label) for each, label in KIND_LABELS.items()],
        initial=ImportKind.PEOPLE.value,
        widget=UnfoldAdminRadioSelectWidget,
        help_text=_(
            "Addresses on a do-not-mail list never get an e-mail, unless their owner confirms a"
            " subscription. An export is restored with each status, date and consent; addresses"
            " that are already here stay as they are."
        ),
    )

    class Meta:
        model = SubscriberImport
        fields = ()

    def clean(self) -> dict[str, Any]:
        """The whole file can be read, whatever is wrong with its rows."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self._read(cleaned)
            except FileError as err:
                self.add_error("file", str(err))
        return cleaned

    def clean_token(self) -> str:
        """The import's identifier; a new one in place of what is none."""
        token: str = self.cleaned_data["token"]
        return token if is_id(token) else uuid7()

    @property
    def kind_chosen(self) -> ImportKind:
        """What becomes of the addresses."""
        return ImportKind(self.cleaned_data["kind"])

    @property
    def file_name(self) -> str:
        """The file's own name."""
        return PurePath(self.cleaned_data["file"].name).name[:_NAME_CHARS]

    def _read(self, cleaned: dict[str, Any]) -> None:
        upload = cleaned["file"]
        if upload.size > BYTES_MAX:
            raise FileError(too_large())
        content = cleaned["content"] = upload.read()
        if self.kind_chosen is ImportKind.RESTORE:
            cleaned["checked"] = file_check(content, reading_of(ImportKind.RESTORE, language=""))
            return
        sheet = sheet_open(content)
        if next(islice(sheet.rows, sheet.rows_max, None), None):
            raise too_many_rows(sheet.rows_max)


class ColumnShown(NamedTuple):
    """A column of the file, as the form shows it."""

    heading: str
    samples: list[str]
    field: forms.BoundField


class ColumnsForm(forms.Form):
    """What each column is read as, and whether the people have agreed already."""

    language = forms.ChoiceField(
        label=_("Language of rows that name none"),
        choices=language_choices,
        widget=UnfoldAdminSelectWidget,
    )
    consent_source = forms.CharField(
        label=_("Where these people agreed to get e-mails"),
        required=False,
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_(
            "Leave it empty if you are not sure: then each of them is asked by e-mail, and gets"
            " nothing else until they confirm. What you write is kept as their consent."
        ),
    )
    consent_date = NativeDateField(label=_("When they agreed"), required=False)
    encoding = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: ImportRow, content: bytes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = ImportKind(row.kind)
        self.content = content
        wanted = str(self["encoding"].value() or "")
        self.read_as = wanted if wanted in ENCODINGS else ""
        self.sheet = _sheet(content, self.read_as)
        self.initial["encoding"] = self.read_as
        if self.kind is not ImportKind.PEOPLE:
            for name in ("language", "consent_source", "consent_date"):
                del self.fields[name]
        self._samples = [line.cells for line in islice(self.sheet.rows, _SAMPLES)]
        fields = [Field(field) for _name, field in row.columns]
        if len(fields) != len(self.sheet.heading):
            fields = self._guess()
        choices = self._choices()
        for place, field in enumerate(fields):
            label = self.sheet.heading[place] or str(place + 1)
            self.fields[_column(place)] = forms.ChoiceField(
                label=label,
                required=False,
                choices=choices,
                initial=field if field in dict(choices) else Field.NOTHING,
                widget=UnfoldAdminSelectWidget,
            )

    def shown(self) -> Iterator[ColumnShown]:
        """Each column, with the first values in it."""
        for place, heading in enumerate(self.sheet.heading):
            cells = (cells[place] for cells in self._samples if place < len(cells))
            samples = [cell.strip()[:_SAMPLE_CHARS] for cell in cells if cell.strip()]
            yield ColumnShown(heading, samples, self[_column(place)])

    def not_read(self) -> list[str]:
        """The headings of the columns that nothing is read from."""
        return [each.heading for each in self.shown() if not each.field.value() and each.heading]

    def has_status(self) -> bool:
        """Whether a column says who may be e-mailed."""
        states = (Field.STATUS, Field.OPTED_IN, Field.OPTED_OUT)
        return any(each.field.value() in states for each in self.shown())

    def clean_consent_date(self) -> date | None:
        """No day that is still to come."""
        day: date | None = self.cleaned_data["consent_date"]
        if day and day > date.today():  # noqa: DTZ011 - a day's tolerance is meant
            raise ValidationError(_("This day is still to come."), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        """One address, no field from two columns, and consent that is complete."""
        cleaned = super().clean() or self.cleaned_data
        source, day = cleaned.get("consent_source"), cleaned.get("consent_date")
        if source and not day and "consent_date" not in self.errors:
            self.add_error("consent_date", _("Say when they agreed, too."))
        if day and not source:
            self.add_error("consent_source", _("Say where they agreed, too."))
        self._check_columns(cleaned)
        if not self.errors:
            try:
                cleaned["checked"] = file_check(self.content, self._reading(cleaned))
            except FileError as err:
                self.add_error(None, str(err))
        return cleaned

    @property
    def checked(self) -> Checked:
        """What is in the file."""
        checked: Checked = self.cleaned_data["checked"]
        return checked

    @property
    def consent(self) -> DeclaredConsent | None:
        """What is declared; None if everybody is to be asked."""
        source, day = self.cleaned_data.get("consent_source"), self.cleaned_data.get("consent_date")
        return DeclaredConsent(source=source, date=day.isoformat()) if source and day else None

    def _guess(self) -> list[Field]:
        """By the names of the columns; the addresses also by what is in the first rows."""
        fields = fields_guess(self.sheet.heading)
        for place in range(len(fields)):
            cells = [cells[place] for cells in self._samples if place < len(cells)]
            if Field.EMAIL not in fields and cells and all("@" in cell for cell in cells):
                fields[place] = Field.EMAIL
        return fields

    def _choices(self) -> list[tuple[str, Any]]:
        read = FIELD_LABELS
        if self.kind is ImportKind.DO_NOT_MAIL:
            read = {each: FIELD_LABELS[each] for each in (Field.NOTHING, Field.EMAIL)}
        return [(each.value, label) for each, label in read.items()]

    def _check_columns(self, cleaned: dict[str, Any]) -> None:
        chosen = [cleaned.get(_column(place), "") for place in range(len(self.sheet.heading))]
        counts = Counter(chosen)
        for place, field in enumerate(chosen):
            if counts[field] > 1 and Field(field) not in REPEATABLE:
                text = _("Two columns are read as the same. Choose one of them.")
                self.add_error(_column(place), text)
        if not counts[Field.EMAIL]:
            self.add_error(None, _("Choose the column of the e-mail addresses."))

    def _reading(self, cleaned: dict[str, Any]) -> Reading:
        columns = range(len(self.sheet.heading))
        return reading_of(
            self.kind,
            language=cleaned.get("language", ""),
            fields=[Field(cleaned[_column(place)]) for place in columns],
            encoding=self.read_as,
        )


def _column(place: int) -> str:
    return f"column_{place}"


def _sheet(content: bytes, encoding: str) -> Sheet:
    """The file as it is to be read, or as it can be."""
    try:
        return sheet_open(content, encoding=encoding)
    except FileError:
        return sheet_open(content)
