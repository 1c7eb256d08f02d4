"""The admin's form of a topic."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminColorInputWidget

from events.errors import InvalidEventError
from events.models import Topic
from events.validators import TOPIC_COLOUR, topic_validate

# Subscripted for the type checker only: at run time the class takes no parameter.
if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Topic]
else:
    _ModelForm = forms.ModelForm


class TopicForm(_ModelForm):
    """A topic; its slug is chosen once."""

    colour = forms.CharField(
        label=_("Colour"),
        max_length=7,
        required=False,
        initial=TOPIC_COLOUR,
        empty_value=TOPIC_COLOUR,
        widget=UnfoldAdminColorInputWidget,
        help_text=_("Of its name on public pages; the text on it is black or white."),
    )

    # Whether this very topic is there already: a second click on Save is no error.
    is_made = False

    class Meta:
        model = Topic
        fields = ("name", "slug", "description", "colour")

    def validate_unique(self) -> None:
        """Refuse a slug that is taken, unless by the same topic."""
        new = self.instance
        if new._state.adding:
            same = Topic.objects.filter(slug=new.slug).first()
            self.is_made = same is not None and all(
                getattr(same, name) == getattr(new, name) for name in self._meta.fields or ()
            )
        if not self.is_made:
            super().validate_unique()

    def clean(self) -> dict[str, Any]:
        """Apply the rules that the services apply."""
        cleaned = super().clean() or self.cleaned_data
        try:
            topic_validate(
                slug=cleaned.get("slug", self.instance.slug),
                name=cleaned.get("name", "-"),
                description=cleaned.get("description", ""),
                colour=cleaned.get("colour", TOPIC_COLOUR),
            )
        except InvalidEventError as err:
            for problem in err.problems:
                if problem.field in self.fields and problem.field not in self.errors:
                    self.add_error(problem.field, ValidationError(problem.message, problem.code))
        return cleaned
