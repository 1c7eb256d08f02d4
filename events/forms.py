"""The admin's form of an event. Times are entered as the clock at the event's place shows them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.admin.options import VERTICAL
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSingleTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from events.data import EventData
from events.enums import EventStatus
from events.errors import InvalidEventError, Problem
from events.form_fields import DayField
from events.models import Event
from events.reminders import DAY_MINUTES, reminders_problems
from events.schedule import schedule
from events.selectors import topics_all
from events.snapshot import difference, row_data
from events.tables import EventRow
from events.times import offset_text, readings, timezone_names
from events.validators import NOTE_CHARS, event_validate, with_unix_lines
from events.wall_clock import WallClock
from ivent_site.preferences.selectors import preferences_get
from ivent_site.widgets import AdminSearchOfMany

# Subscripted for the type checker only: at run time the class takes no parameter.
if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Event]
else:
    _ModelForm = forms.ModelForm

_CONTENT = ("title", "description", "timezone", "all_day", "location", "url")
_NEEDED = {*_CONTENT, "start_date", "end_date", "start_time", "end_time", "topics"}
# Where the form shows a problem with a field of EventData.
_SHOWN_AT = {"starts_at": "start_date", "ends_at": "end_date", "date": "start_date"}
# What the form enters of each time: its day, its hour, and which of two equal hours it is.
_PARTS = {"starts": "start", "ends": "end"}
_AMBIGUOUS = "ambiguous_time"
_STALE = _(
    "Somebody else saved this event while you were editing it. Your changes are still in the "
    "form, but not saved. Save again to replace what is saved now:"
)
_CANCELLED = _("Somebody has cancelled this event: it cannot be changed any more.")
_SHOWN_CHARS = 1000
_TWICE = _("Clocks are put back then, and show this time twice. Which one is meant?")
_READINGS = (_("the first %(time)s (UTC%(offset)s)"), _("the second %(time)s (UTC%(offset)s)"))
_HOUR_MINUTES = 60
# What most people choose of; the API takes any.
_REMINDERS = (
    14 * DAY_MINUTES,
    7 * DAY_MINUTES,
    3 * DAY_MINUTES,
    DAY_MINUTES,
    3 * _HOUR_MINUTES,
    _HOUR_MINUTES,
)


class EventForm(_ModelForm):
    """An event's content. A valid form has `event_data`, to be saved over `saved_version`."""

    start_date = DayField(label=_("Start"))
    start_time = forms.TimeField(
        label=_("Start time"), required=False, widget=UnfoldAdminSingleTimeWidget(format="%H:%M")
    )
    end_date = DayField(label=_("End"), required=False, help_text=_("Empty: the day of the start."))
    end_time = forms.TimeField(
        label=_("End time"), required=False, widget=UnfoldAdminSingleTimeWidget(format="%H:%M")
    )
    start_reading = forms.ChoiceField(
        label=_("Start"), required=False, widget=forms.HiddenInput, choices=[("0", ""), ("1", "")]
    )
    end_reading = forms.ChoiceField(
        label=_("End"), required=False, widget=forms.HiddenInput, choices=[("0", ""), ("1", "")]
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        widget=AdminSearchOfMany,
        help_text=_("Of the place. The times are entered as the clock there shows them."),
    )
    topics = forms.MultipleChoiceField(
        label=_("Topics"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    announce = forms.BooleanField(
        label=_("Announce this change"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Off: a small correction, of which subscribers get no mail."),
    )
    note = forms.CharField(
        label=_("What changed, in your words"),
        required=False,
        max_length=NOTE_CHARS,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("A note to readers, beside what has changed. Markdown; may be left empty."),
    )
    reminders = forms.TypedMultipleChoiceField(
        label=_("Remind readers"),
        required=False,
        coerce=int,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_(
            "One that falls into the hour after the event is published or moved is left out."
        ),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Event
        fields = ("title", "description", "all_day", "location", "url")

    event_data: EventData

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Validation writes what was entered into the instance.
        row = cast("EventRow", self.instance)
        self._saved = row_data(row) if self.instance.pk else None
        self._status = self.instance.status
        self.saved_version = self.instance.version
        self.initial = {**_initial(self._saved), "seen_version": self.saved_version, **self.initial}
        if self._status != EventStatus.PUBLISHED:
            del self.fields["announce"], self.fields["note"]
        self._offer_choices()

    @property
    def announces(self) -> bool:
        """Whether subscribers are to be told of the change."""
        return bool(self.cleaned_data.get("announce", True))

    def clean_note(self) -> str:
        """Lines as everything else has them."""
        return with_unix_lines(self.cleaned_data["note"]).strip()

    def clean_reminders(self) -> list[int]:
        """Apply the rules that the services apply."""
        minutes: list[int] = self.cleaned_data["reminders"]
        for problem in reminders_problems(minutes):
            raise ValidationError(problem.message, problem.code)
        return minutes

    def clean_description(self) -> str:
        """Lines as everything else has them; browsers send CRLF."""
        return with_unix_lines(self.cleaned_data["description"])

    def clean(self) -> dict[str, Any]:
        """Make `event_data` of what was entered, and tell what is wrong with it."""
        cleaned = super().clean() or self.cleaned_data
        # Otherwise a part has an error of its own already.
        if set(cleaned) >= _NEEDED:
            try:
                self.event_data = self._entered(cleaned)
                kept = self._saved.timezone if self._saved else None
                event_validate(self.event_data, kept_timezone=kept)
            except InvalidEventError as err:
                for problem in err.problems:
                    self._tell(problem)
            else:
                self._require_fresh()
                self._require_note_to_be_told()
        return cleaned

    def _tell(self, problem: Problem) -> None:
        field, message = _SHOWN_AT.get(problem.field, problem.field), problem.message
        if problem.code == _AMBIGUOUS:
            field, message = field.replace("_date", "_reading"), str(_TWICE)
        self.add_error(field, ValidationError(message, problem.code))

    def _require_note_to_be_told(self) -> None:
        if not self.cleaned_data.get("note"):
            return
        if not self.announces:
            self.add_error("note", _("A note goes with an announcement, which is switched off."))
        elif self.event_data == self._saved:
            message = _("Nothing is changed that a note could be about: write to readers instead.")
            self.add_error("note", message)

    def _offer_choices(self) -> None:
        # A topic that is gone stays with the events that have it.
        kept = {slug: slug for slug in (self._saved.topics if self._saved else ())}
        names = kept | {topic.slug: topic.name for topic in topics_all()}
        topics, timezone = self.fields["topics"], self.fields["timezone"]
        chosen = preferences_get().reminders
        if self.instance.pk:
            chosen = tuple(map(int, self.instance.reminders))
        self.initial.setdefault("reminders", list(chosen))
        reminders = cast("forms.TypedMultipleChoiceField", self.fields["reminders"])
        reminders.choices = reminder_choices(chosen)
        cast("forms.MultipleChoiceField", topics).choices = list(names.items())
        # A zone that later rules do not know stays with the events that are in it.
        zones = timezone_names() | ({self._saved.timezone} if self._saved else set())
        cast("forms.ChoiceField", timezone).choices = [(zone, zone) for zone in sorted(zones)]
        if self._saved and not self._saved.all_day:
            for name, part in _PARTS.items():
                clock: WallClock | None = getattr(self._saved, name)
                if clock is not None:
                    self._ask(part, readings(clock.local, self._saved.timezone))

    def _ask(self, part: str, found: list[datetime]) -> None:
        """Show both readings of a time that happens twice, to choose one."""
        if len(found) < len(_READINGS):
            return
        field = cast("forms.ChoiceField", self.fields[f"{part}_reading"])
        field.widget = UnfoldAdminRadioSelectWidget(radio_style=VERTICAL)
        field.choices = [
            (str(fold), _READINGS[fold] % {"time": f"{at:%H:%M}", "offset": offset_text(at)})
            for fold, at in enumerate(found)
        ]

    def _entered(self, cleaned: dict[str, Any]) -> EventData:
        content = {name: cleaned[name] for name in _CONTENT}
        times = schedule(self._said(cleaned), cleaned["timezone"], None, self._saved)
        return EventData(**{**content, **times, "topics": tuple(cleaned["topics"])})

    def _said(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        first, last = cleaned["start_date"], cleaned["end_date"] or cleaned["start_date"]
        if cleaned["all_day"]:
            return {"all_day": True, "starts_at": first, "ends_at": last + timedelta(days=1)}
        said: dict[str, Any] = {"all_day": False, "ends_at": None}
        said["starts_at"] = self._read("start", _at(first, cleaned["start_time"], "start_time"))
        if cleaned["end_date"] or cleaned["end_time"]:
            said["ends_at"] = self._read("end", _at(last, cleaned["end_time"], "end_time"))
        # The form shows no seconds: untouched means unchanged.
        if self._saved and not {"timezone", "all_day"} & set(self.changed_data):
            for name, part in _PARTS.items():
                parts = {f"{part}_date", f"{part}_time", f"{part}_reading"}
                if not parts & set(self.changed_data):
                    said[f"{name}_at"] = getattr(self._saved, f"{name}_at")
        return said

    def _read(self, part: str, local: datetime) -> datetime:
        """The local time, with its offset if it happens twice and somebody has said which it is."""
        found = readings(local, self.cleaned_data["timezone"])
        self._ask(part, found)
        chosen: str = self.cleaned_data.get(f"{part}_reading") or ""
        return found[int(chosen)] if chosen and len(found) == len(_READINGS) else local

    def _require_fresh(self) -> None:
        """Refuse to overwrite what the person has not seen; show it, and let them decide."""
        if self._status == EventStatus.CANCELLED:
            self.add_error(None, _CANCELLED)
        if self._saved is None or self.cleaned_data.get("seen_version") == self.saved_version:
            return
        changes = difference(self.event_data, self._saved)
        if not changes:
            return
        self.add_error(None, _STALE)
        for change in changes:
            self.add_error(None, f"{_label(change.field)}: {_shown(change.new, self._saved)}")
        data = cast("QueryDict", self.data).copy()
        data["seen_version"] = str(self.saved_version)
        self.data = data


def reminder_choices(chosen: Iterable[int]) -> list[tuple[int, str]]:
    """The usual reminders and those that are chosen already, the earliest first."""
    return [(each, _before(each)) for each in sorted({*_REMINDERS, *chosen}, reverse=True)]


def _before(minutes: int) -> str:
    if minutes % DAY_MINUTES == 0:
        days = minutes // DAY_MINUTES
        return ngettext("%(days)d day before", "%(days)d days before", days) % {"days": days}
    if minutes % _HOUR_MINUTES == 0:
        hours = minutes // _HOUR_MINUTES
        return ngettext("%(hours)d hour before", "%(hours)d hours before", hours) % {"hours": hours}
    return ngettext("%(minutes)d minute before", "%(minutes)d minutes before", minutes) % {
        "minutes": minutes
    }


def _initial(saved: EventData | None) -> dict[str, Any]:
    if saved is None:
        return {"timezone": preferences_get().default_timezone}
    initial: dict[str, Any] = {"timezone": saved.timezone, "topics": list(saved.topics)}
    if saved.all_day:
        is_one = saved.last_day == saved.first_day
        return initial | {
            "start_date": saved.first_day,
            "end_date": None if is_one else saved.last_day,
        }
    for name, part in _PARTS.items():
        clock: WallClock | None = getattr(saved, name)
        if clock is None:
            continue
        shown = clock.local.replace(second=0, microsecond=0)
        initial |= {f"{part}_date": shown.date(), f"{part}_time": shown.time()}
        found = readings(clock.local, saved.timezone)
        if len(found) == len(_READINGS):
            # Of times that happen twice, Python compares none of two zones as equal: PEP 495.
            instants = [each.astimezone(UTC) for each in found]
            initial[f"{part}_reading"] = str(instants.index(clock.instant(saved.timezone)))
    return initial


def _at(day: date, clock: time | None, field: str) -> datetime:
    if clock is None:
        message = str(_("Give the time, or say that the event takes all day."))
        raise InvalidEventError([Problem(field, "required", message)])
    return datetime.combine(day, clock)


def _label(field: str) -> str:
    return str(label_for_field(field, Event)).capitalize()


def _shown(value: Any, data: EventData) -> str:
    if isinstance(value, WallClock):
        return f"{value.local:%Y-%m-%d}" if data.all_day else f"{value.local:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(value) if isinstance(value, tuple) else str(value or "")
    return text[:_SHOWN_CHARS] or "(empty)"
