"""What the admin's history says of a change: each field, as it was and as it is."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from django.forms import BaseForm, Field, TypedChoiceField
from django.utils.translation import override

_SHOWN_CHARS: Final = 500


def form_changes(form: BaseForm) -> str:
    """The fields that the form changes, such as "Title: “Fair” → “Summer fair”."; in English."""
    names = [name for name in form.changed_data if not form.fields[name].widget.is_hidden]
    return changes_told(
        (
            str(form.fields[name].label or name),
            _label(form.fields[name], form.get_initial_for_field(form.fields[name], name)),
            _label(form.fields[name], form.cleaned_data.get(name)),
        )
        for name in names
    )


def changes_told(changes: Iterable[tuple[str, Any, Any]]) -> str:
    """Changes by name, old and new value, as one text; in English, for whoever reads it."""
    with override("en"):
        return " ".join(
            f"{name.replace('_', ' ').capitalize()}: {_shown(old)} → {_shown(new)}."
            for name, old, new in changes
            if old != new
        )


def _label(field: Field, value: Any) -> Any:
    """What people choose by, where the value is a number behind it."""
    if not isinstance(field, TypedChoiceField):
        return value
    choices: Any = field.choices
    return dict(choices).get(value, value)


def _shown(value: Any) -> str:
    if value is None or value in ("", [], ()):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"“{text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + '…'}”"
