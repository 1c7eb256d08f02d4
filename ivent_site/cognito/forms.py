"""The forms of the sign-in pages, in the admin's look."""

import logging
from typing import Any, Final

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from ivent_site.cognito.backends import ChallengeRequired
from ivent_site.cognito.errors import UNAVAILABLE, CognitoUnavailableError, SignInError
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.password_login import WRONG_CREDENTIALS, Challenge

# Cognito's own limit.
MAX_PASSWORD: Final = 256

logger = logging.getLogger(__name__)


class SignInForm(AuthenticationForm):  # type: ignore[misc]  # unfold brings no types
    """User name and password. Valid with a staff member, or with a challenge to go on with."""

    error_messages = {**AuthenticationForm.error_messages, "invalid_login": WRONG_CREDENTIALS}

    challenge: Challenge | None = None
    user_cache: StaffUser

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name or e-mail address")
        self.fields["password"].max_length = MAX_PASSWORD

    @sensitive_variables()
    def clean(self) -> None:
        """Ask Cognito; what it refuses becomes an error of the form."""
        try:
            user = authenticate(self.request, **self._credentials())
        except ChallengeRequired as wanted:
            self.challenge = wanted.challenge
            return
        except SignInError as err:
            raise ValidationError(str(err), code="refused") from err
        except CognitoUnavailableError as err:
            logger.warning("Staff cannot sign in: %s", err)
            raise ValidationError(UNAVAILABLE, code="unavailable") from err
        if user is None:
            raise self.get_invalid_login_error()
        self.user_cache = user

    def _credentials(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name) or "" for name in ("username", "password")}


class NewPasswordForm(forms.Form):
    """A new password, twice. Whether it is good enough, Cognito's policy decides."""

    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=MAX_PASSWORD,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    repeated = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
    answer_field = "new_password"

    def clean_repeated(self) -> str:
        """Refuse a repetition that is none."""
        repeated: str = self.cleaned_data["repeated"]
        if repeated != self.cleaned_data.get("new_password", repeated):
            raise ValidationError(_("The two passwords are not the same."), code="mismatch")
        return repeated


class CodeForm(forms.Form):
    """The six figures that an authenticator app shows."""

    code = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("Code from your authenticator app"),
        error_messages={"invalid": _("The code has six figures.")},
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )
    answer_field = "code"
