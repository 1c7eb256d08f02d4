"""The admin's forms: what the staff may enter about a person."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from events.validators import topics_problems
from ivent_site.widgets import AdminSelectOfMany
from ivent_site.zone_fields import ZoneField
from subscriptions.addresses import TYPED_MAX_LENGTH, AddressError, address_clean, address_key
from subscriptions.forms import (
    AddressField,
    digest_offered,
    digest_told,
    timezone_choices,
    topic_choices,
)
from subscriptions.models import FREQUENCY_CHOICES, Subscription
from subscriptions.validators import NAME_CHARS, name_clean, validate_name

# Subscripted for the type checker only: at run time the class takes no parameter.
if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Subscription]
else:
    _ModelForm = forms.ModelForm

REASON_CHARS = 300


class InviteForm(BaseDialogForm):  # type: ignore[misc]  # unfold is untyped
    """Whom to ask."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=NAME_CHARS,
        widget=UnfoldAdminTextInputWidget,
        validators=[validate_name],
    )
    email = AddressField(label=_("E-mail"), widget=UnfoldAdminTextInputWidget)

    def clean_name(self) -> str:
        """The name without needless blanks."""
        return name_clean(self.cleaned_data["name"])


class ReasonForm(BaseDialogForm):  # type: ignore[misc]  # unfold is untyped
    """Why the staff does it: it is kept."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept in the history."),
        max_length=REASON_CHARS,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


class EraseForm(BaseDialogForm):  # type: ignore[misc]  # unfold is untyped
    """The address once more, so that nobody is erased by a slip."""

    email = forms.CharField(
        label=_("The person's address, to be sure"),
        max_length=TYPED_MAX_LENGTH,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def clean_email(self) -> str:
        """The address of the person whose page it is."""
        typed: str = self.cleaned_data["email"]
        person = Subscription.objects.filter(pk=self.object_id).first()
        try:
            same = person is not None and address_key(typed) == person.email_key
        except AddressError:
            same = False
        if not same:
            raise ValidationError(_("This is not the person's address."), code="other_address")
        return address_clean(typed)


class SubscriptionForm(_ModelForm):
    """What the staff may correct."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=NAME_CHARS,
        widget=UnfoldAdminTextInputWidget,
        validators=[validate_name],
    )
    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        help_text=_("None means every event."),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    locale = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )
    timezone = ZoneField(label=_("Time zone"), required=False, widget=AdminSelectOfMany)
    frequency = forms.ChoiceField(
        label=_("How often"), choices=FREQUENCY_CHOICES, widget=UnfoldAdminRadioSelectWidget
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Subscription
        fields = ("name", "topics", "locale", "timezone", "frequency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "topics" in self.fields:
            field: Any = self.fields["topics"]
            known = topic_choices()
            # A topic that has been removed stays with whoever chose it.
            gone = [each for each in self.instance.topics if each not in dict(known)]
            field.choices = [*known, *((each, each) for each in gone)]
        if "timezone" in self.fields:
            offered: Any = self.fields["timezone"]
            offered.choices = timezone_choices(self.instance.timezone)
        if "frequency" in self.fields:
            if digest_offered(self.instance.frequency):
                self.fields["frequency"].help_text = digest_told()
            else:
                del self.fields["frequency"]
        if "seen_version" in self.fields:
            self.initial["seen_version"] = self.instance.version

    def clean_name(self) -> str:
        """The name without needless blanks."""
        return name_clean(self.cleaned_data["name"])

    def clean_topics(self) -> list[str]:
        """Not more than one can choose."""
        topics: list[str] = self.cleaned_data["topics"]
        for problem in topics_problems(topics, None):
            raise ValidationError(problem.message, problem.code)
        return topics
