"""What can go wrong between Cognito and us."""

from typing import Final

from django.utils.translation import gettext_lazy as _

# What people are told of a CognitoUnavailableError.
UNAVAILABLE: Final = _("The sign-in service does not answer. Please try again in a minute.")


class TokenError(Exception):
    """The token is not one of ours, or not any more; a retry with the same one never helps.

    The message may be shown: it says what is wrong, and holds nothing of the token.
    """


class CognitoUnavailableError(Exception):
    """Cognito gave no answer, or none that can be used; a retry may help."""


class SignInError(Exception):
    """The sign-in is refused; the message is for the person, on the sign-in page."""


class WrongCredentialsError(SignInError):
    """Unknown user, wrong password, disabled account: which of them is not told."""


class AnswerError(SignInError):
    """The answer to a challenge is refused; the same challenge may be answered again."""
