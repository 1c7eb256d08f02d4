"""The admin's form of an event. Times are entered as the clock at the event's place shows them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.admin.options import VERTICAL
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from events.change_texts import change_text
from events.data import EventData
from events.entered_times import entered_times
from events.enums import EventStatus
from events.errors import Problem
from events.form_fields import DayField
from events.form_times import (
    PARTS,
    end_after_move,
    initial_times,
    missing_times,
    reading_choices,
)
from events.models import Event
from events.reminder_choices import reminder_choices
from events.reminders import reminders_problems
from events.selectors import event_find, topics_all
from events.snapshot import difference, row_data
from events.tables import EventRow
from events.times import readings
from events.validators import NOTE_CHARS, event_problems, is_id, with_unix_lines
from events.wall_clock import WallClock
from ivent_site.ids import uuid7
from ivent_site.native_inputs import DayInput, NativeTimeField
from ivent_site.preferences.selectors import preferences_get
from ivent_site.widgets import AdminSearchOfMany
from ivent_site.zone_fields import ZoneField
from ivent_site.zones import zone_choices

# Subscripted for the type checker only: at run time the class takes no parameter.
if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Event]
else:
    _ModelForm = forms.ModelForm

_CONTENT = ("title", "description", "timezone", "all_day", "location", "url")
_START, _END = {"start_date", "start_time"}, ("end_date", "end_time")
_NEEDED = {*_START, *_END, "timezone", "all_day"}
# For what could not be read, so that the rest is judged all the same.
_STAND_INS: dict[str, Any] = {
    "title": "-",
    "timezone": "UTC",
    "starts": WallClock.parse("2000-01-01"),
}
_END_MOVED = _("The end has moved along with the start.")
_MADE = _(
    "This form has been saved already, as “%(title)s”, and what it says now is different. Save "
    "again to make another event of it."
)
# Where the form shows a problem with a field of EventData.
_SHOWN_AT = {"starts_at": "start_date", "ends_at": "end_date", "date": "start_date"}
_STALE = _(
    "Somebody else saved this event while you were editing it. Your changes are still in the "
    "form, but not saved. Save again to replace what is saved now:"
)
_CANCELLED = _("Somebody has cancelled this event: it cannot be changed any more.")
_AMBIGUOUS = "ambiguous_time"
_TWICE = _("Clocks are put back then, and show this time twice. Which one is meant?")


class EventForm(_ModelForm):
    """An event's content. A valid form has `event_data`, to be saved over `saved_version`."""

    start_date = DayField(label=_("Start"))
    start_time = NativeTimeField(label=_("Start time"), required=False)
    end_date = DayField(
        label=_("End"),
        required=False,
        widget=DayInput({"data-iv-moved": _END_MOVED}),
        help_text=_("Empty: the day of the start."),
    )
    end_time = NativeTimeField(label=_("End time"), required=False)
    start_reading = forms.ChoiceField(
        label=_("Start"), required=False, widget=forms.HiddenInput, choices=[("0", ""), ("1", "")]
    )
    end_reading = forms.ChoiceField(
        label=_("End"), required=False, widget=forms.HiddenInput, choices=[("0", ""), ("1", "")]
    )
    # Set by the script that has moved the end along already.
    end_settled = forms.BooleanField(widget=forms.HiddenInput, required=False)
    timezone = ZoneField(
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
    # The id of the new event.
    token = forms.CharField(widget=forms.HiddenInput, initial=uuid7, required=False)

    class Meta:
        model = Event
        fields = ("title", "description", "all_day", "location", "url")

    class Media:
        js = ("ivent/zone.js",)

    event_data: EventData
    # The event that this form made before: a second click makes no second one.
    made: EventRow | None = None
    has_end_moved = False

    @property
    def is_made(self) -> bool:
        """Whether the event is there already."""
        return self.made is not None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Validation writes what was entered into the instance.
        row = cast("EventRow", self.instance)
        self._saved = row_data(row) if self.instance.pk else None
        self._status = self.instance.status
        self.saved_version = self.instance.version
        self.initial = {
            **initial_times(self._saved),
            "seen_version": self.saved_version,
            **self.initial,
        }
        if self._status != EventStatus.PUBLISHED:
            del self.fields["announce"], self.fields["note"]
        del self.fields["token" if self._saved else "seen_version"]
        # Blanks around it may mean something (code), and an untouched text must stay as it is:
        # subscribers would be told of a change that they cannot see.
        if description := self.fields.get("description"):
            # Absent where the page only shows the event.
            cast("forms.CharField", description).strip = False
        self._offer_choices()

    @property
    def announces(self) -> bool:
        """Whether subscribers are to be told of the change."""
        return bool(self.cleaned_data.get("announce", True))

    @property
    def notes(self) -> Iterator[str]:
        """What the person should know about how the times were understood."""
        if self.has_end_moved:
            yield str(_END_MOVED)

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
        """Make `event_data` of what was entered, and report everything that is wrong with it."""
        cleaned = super().clean() or self.cleaned_data
        self._let_end_follow(cleaned)
        broken = set(self.errors)
        problems, times = self._times(cleaned)
        content = {name: cleaned[name] for name in (*_CONTENT, "topics") if name in cleaned}
        content |= {"topics": tuple(cleaned.get("topics", ()))}
        data = EventData(**{**_STAND_INS, **content, **times})
        kept = self._saved.timezone if self._saved else None
        for problem in (*problems, *event_problems(data, kept_timezone=kept)):
            if _SHOWN_AT.get(problem.field, problem.field) not in broken:
                self._tell(problem)
        if not self.errors:
            self.event_data = data
            self._require_fresh()
            self._require_new()
            self._require_note_to_be_told()
        return cleaned

    def _tell(self, problem: Problem) -> None:
        field, message = _SHOWN_AT.get(problem.field, problem.field), problem.message
        if problem.code == _AMBIGUOUS:
            field, message = field.replace("_date", "_reading"), str(_TWICE)
        self.add_error(field, ValidationError(message, problem.code))

    def _require_new(self) -> None:
        """Find what this form has made already; if that is something else, the person decides."""
        token = self.cleaned_data.get("token", "")
        if self._saved or not token:
            return
        self.made = event_find(token)
        if self.made and not self._is_as_made(self.made):
            self.add_error(None, _MADE % {"title": self.made.title})
            posted = cast("QueryDict", self.data).copy()
            posted["token"] = uuid7()
            self.data = posted

    def _is_as_made(self, row: EventRow) -> bool:
        reminders = sorted(self.cleaned_data["reminders"])
        return (row_data(row), sorted(map(int, row.reminders))) == (self.event_data, reminders)

    def clean_token(self) -> str:
        """An id, which a form from elsewhere need not have."""
        token: str = self.cleaned_data["token"]
        return token if is_id(token) else uuid7()

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
        own = preferences_get().default_timezone
        zones = cast("ZoneField", timezone)
        zones.choices = zone_choices(str(self.initial.get("timezone", own)))
        if not self.instance.pk and not self.is_bound and self.initial["timezone"] == own:
            zones.propose_browsers_zone()
        if self._saved and not self._saved.all_day:
            for name, part in PARTS.items():
                clock: WallClock | None = getattr(self._saved, name)
                if clock is not None:
                    self._ask(part, readings(clock.local, self._saved.timezone))

    def _ask(self, part: str, found: Sequence[datetime]) -> None:
        """Show both readings of a time that happens twice, to choose one."""
        if choices := reading_choices(found):
            field = cast("forms.ChoiceField", self.fields[f"{part}_reading"])
            field.widget = UnfoldAdminRadioSelectWidget(radio_style=VERTICAL)
            field.choices = choices

    def _times(self, cleaned: dict[str, Any]) -> tuple[list[Problem], dict[str, Any]]:
        """What is wrong with the times, or else the times."""
        problems = [*missing_times(cleaned)]
        if problems or not set(cleaned) >= _NEEDED:
            return problems, {}
        times, problems = entered_times(self._said(cleaned), cleaned["timezone"], None, self._saved)
        return problems, times or {}

    def _let_end_follow(self, cleaned: dict[str, Any]) -> None:
        """A start that moved alone takes the end along; a script has done so already."""
        touched = set(self.changed_data)
        is_alone = bool(touched & _START) and not touched & {*_END, "all_day"}
        is_seen = cleaned.get("seen_version") == self.saved_version
        if self._saved is None or not is_alone or not is_seen or cleaned.get("end_settled"):
            return
        if end := end_after_move(self._saved, cleaned):
            posted = cast("QueryDict", self.data).copy()
            cleaned["end_date"], posted["end_date"] = end.date(), f"{end:%Y-%m-%d}"
            if not cleaned["all_day"]:
                cleaned["end_time"], posted["end_time"] = end.time(), f"{end:%H:%M}"
            self.data, self.has_end_moved = posted, True
            self.fields["end_date"].help_text = _END_MOVED

    def _said(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        first, last = cleaned["start_date"], cleaned["end_date"] or cleaned["start_date"]
        if cleaned["all_day"]:
            return {"all_day": True, "starts_at": first, "ends_at": last + timedelta(days=1)}
        said: dict[str, Any] = {"all_day": False, "ends_at": None}
        said["starts_at"] = self._read("start", datetime.combine(first, cleaned["start_time"]))
        if cleaned["end_time"]:
            said["ends_at"] = self._read("end", datetime.combine(last, cleaned["end_time"]))
        # The form shows no seconds: untouched means unchanged.
        touched = {*self.changed_data, *(_END if self.has_end_moved else ())}
        if self._saved and not {"timezone", "all_day"} & touched:
            for name, part in PARTS.items():
                if not {f"{part}_date", f"{part}_time", f"{part}_reading"} & touched:
                    said[f"{name}_at"] = getattr(self._saved, f"{name}_at")
        return said

    def _read(self, part: str, local: datetime) -> datetime:
        """The local time, with its offset if it happens twice and somebody has said which it is."""
        found = readings(local, self.cleaned_data["timezone"])
        self._ask(part, found)
        chosen: str = self.cleaned_data.get(f"{part}_reading") or ""
        return found[int(chosen)] if chosen and len(found) > 1 else local

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
            self.add_error(None, change_text(change, self._saved))
        data = cast("QueryDict", self.data).copy()
        data["seen_version"] = str(self.saved_version)
        self.data = data
