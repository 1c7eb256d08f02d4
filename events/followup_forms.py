"""The forms of what follows a saved event: a time to publish, a message, repetitions."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone as clock
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from events.data import EventData
from events.errors import InvalidEventError
from events.form_fields import DayField
from events.models import Event
from events.series import (
    INTERVAL_MAX,
    OCCURRENCES_MAX,
    Pattern,
    Repetition,
    occurrences,
    weekday_ordinal,
)
from events.tables import EventRow
from events.times import AmbiguousTimeError, NonexistentTimeError, local_day, moment
from events.validators import (
    DESCRIPTION_CHARS,
    TITLE_CHARS,
    message_validate,
    publish_at_validate,
    with_unix_lines,
)
from events.wall_clock import WallClock
from ivent_site.ids import uuid7
from ivent_site.native_inputs import NativeTimeField

_NINE = time(9)
_ORDINALS = {
    1: gettext_lazy("first"),
    2: gettext_lazy("second"),
    3: gettext_lazy("third"),
    4: gettext_lazy("fourth"),
    -1: gettext_lazy("last"),
}


class PublishAtForm(forms.Form):
    """When a draft publishes itself, on the clock of its place: `cleaned_data["at"]`."""

    date = DayField(label=gettext_lazy("Day"))
    time = NativeTimeField(label=gettext_lazy("Time"))

    def __init__(self, *args: Any, event: Event | EventRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timezone = event.timezone
        tomorrow = local_day(clock.now(), event.timezone) + timedelta(days=1)
        at = event.publish_at and WallClock.of(event.publish_at, event.timezone).local
        self.initial = {
            "date": at.date() if at else tomorrow,
            "time": at.time().replace(second=0, microsecond=0) if at else _NINE,
            **self.initial,
        }
        self.fields["time"].help_text = _("As clocks show it in %(zone)s.") % {
            "zone": event.timezone
        }

    def clean(self) -> dict[str, Any]:
        """Add `at`, if it is a time to come."""
        cleaned = super().clean() or self.cleaned_data
        if "date" in cleaned and "time" in cleaned:
            try:
                at = moment(datetime.combine(cleaned["date"], cleaned["time"]), self._timezone)
                publish_at_validate(at, now=clock.now())
                cleaned["at"] = at
            except (NonexistentTimeError, AmbiguousTimeError) as err:
                self.add_error("time", str(err))
            except InvalidEventError as err:
                self.add_error("date", err.problems[0].message)
        return cleaned


class MessageForm(forms.Form):
    """A message to an event's readers; its `token` makes it one, however often it is posted."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=TITLE_CHARS,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("In all readers' languages the same: as you write it."),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=DESCRIPTION_CHARS,
        widget=UnfoldAdminTextareaWidget,
        help_text=gettext_lazy("Markdown: **bold**, lists, links."),
    )
    token = forms.CharField(widget=forms.HiddenInput, initial=uuid7)

    def clean_text(self) -> str:
        """Lines as everything else has them; browsers send CRLF."""
        return with_unix_lines(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        """Apply the rules that the service applies."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                message_validate(**cleaned)
            except InvalidEventError as err:
                for problem in err.problems:
                    at = None if problem.field == "token" else problem.field
                    self.add_error(at, ValidationError(problem.message, problem.code))
        return cleaned


class RepeatForm(forms.Form):
    """How an event comes again. A valid form has the `contents` of its repetitions."""

    pattern = forms.ChoiceField(label=gettext_lazy("Repeat"), widget=UnfoldAdminSelectWidget)
    interval = forms.IntegerField(
        label=gettext_lazy("Every so many weeks or months"),
        min_value=1,
        max_value=INTERVAL_MAX,
        initial=1,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many times more"),
        required=False,
        min_value=1,
        max_value=OCCURRENCES_MAX,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("Or until when, below."),
    )
    until = DayField(label=gettext_lazy("Until"), required=False)
    exceptions = forms.CharField(
        label=gettext_lazy("Except on"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Days such as 2027-12-24, with blanks or commas between them."),
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    contents: list[EventData]

    def __init__(self, *args: Any, content: EventData, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._content = content
        first = content.first_day
        names = {"weekday": date_format(first, "l"), "day": first.day}
        names["ordinal"] = _ORDINALS[weekday_ordinal(first)]
        choices = [
            (Pattern.WEEKLY.value, _("Weekly, on %(weekday)s") % names),
            (Pattern.MONTHLY_BY_DAY.value, _("Monthly, on day %(day)s of the month") % names),
            (
                Pattern.MONTHLY_BY_WEEKDAY.value,
                _("Monthly, on the %(ordinal)s %(weekday)s of the month") % names,
            ),
        ]
        self.fields["pattern"].choices = choices  # type: ignore[attr-defined]  # it is a ChoiceField

    def clean_exceptions(self) -> frozenset[date]:
        """The days."""
        words = re.split(r"[\s,;]+", self.cleaned_data["exceptions"].strip())
        try:
            return frozenset(date.fromisoformat(word) for word in words if word)
        except ValueError:
            raise ValidationError(_("Give days such as 2027-12-24."), "invalid") from None

    def clean(self) -> dict[str, Any]:
        """Make `contents` by the rule."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if (cleaned["count"] is None) == (cleaned["until"] is None):
            self.add_error("count", _("Say either how many times, or until when."))
            return cleaned
        names = ("interval", "count", "until", "exceptions")
        repetition = Repetition(
            pattern=Pattern(cleaned["pattern"]), **{name: cleaned[name] for name in names}
        )
        try:
            self.contents = occurrences(self._content, repetition)
        except InvalidEventError as err:
            at = "until" if cleaned["until"] else "count"
            for problem in err.problems:
                self.add_error(at, ValidationError(problem.message, problem.code))
        return cleaned
