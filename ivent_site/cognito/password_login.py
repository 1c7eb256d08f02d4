"""Sign-in with user name and password, and the challenges that Cognito may set after it.

The public calls (InitiateAuth, RespondToAuthChallenge) are used, not the admin's: they need
no IAM right, so nobody who takes over the web function's role can sign in as others.
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ivent_site.aws import cognito
from ivent_site.cognito.errors import (
    AnswerError,
    CognitoUnavailableError,
    SignInError,
    TokenError,
    WrongCredentialsError,
)
from ivent_site.cognito.identity import Identity, identity_from_claims
from ivent_site.cognito.verifier import token_verifier

# One text for everything that would tell whether an account exists.
WRONG_CREDENTIALS: Final = _(
    "This user name and password do not match an account that may sign in. "
    "Upper and lower case may matter in both."
)
TOO_MANY: Final = _("Too many attempts. Please wait some minutes and try again.")
RESET: Final = _("Your password has been reset. Ask an administrator for a new one.")
EXPIRED: Final = _("The sign-in took too long. Please start again.")
INCOMPLETE: Final = _("Your account lacks required details. Ask an administrator to add them.")
OTHER_CHALLENGE: Final = _(
    "Your account asks for a way of signing in that this page does not offer ({name}). "
    "Ask an administrator."
)
WRONG_CODE: Final = _("This code is not right, or not any more. Please try the next one.")

# Cognito's error codes, and what they mean to the person.
_REFUSALS: Final = {
    "TooManyRequestsException": TOO_MANY,
    "LimitExceededException": TOO_MANY,
    # Cognito tells only who knows the old password.
    "PasswordResetRequiredException": RESET,
}
# Where the text is empty, Cognito's own says which rule of the policy it was.
_WRONG_ANSWERS: Final = {
    "InvalidPasswordException": "",
    "PasswordHistoryPolicyViolationException": "",
    "CodeMismatchException": WRONG_CODE,
    "ExpiredCodeException": WRONG_CODE,
    "EnableSoftwareTokenMFAException": WRONG_CODE,
}
_WRONG_CREDENTIALS: Final = frozenset(
    {
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "InvalidParameterException",
    }
)


class ChallengeName(StrEnum):
    """The challenges that the sign-in pages can put to a person."""

    NEW_PASSWORD = "NEW_PASSWORD_REQUIRED"  # noqa: S105 - Cognito's name for it
    CODE = "SOFTWARE_TOKEN_MFA"


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What Cognito wants before it signs `username` in; `session` must come with the answer."""

    name: ChallengeName
    username: str
    session: str


def password_sign_in(*, username: str, password: str) -> Identity | Challenge:
    """Who has signed in, or what Cognito wants to know before.

    Raises WrongCredentialsError, SignInError (throttled, reset, a challenge of another kind),
    CognitoUnavailableError.
    """
    with _translated():
        reply = cognito().initiate_auth(
            ClientId=settings.COGNITO_CLIENT_IDS[0],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
    return _next_step(reply, username)


def challenge_answer(*, challenge: Challenge, answer: str) -> Identity | Challenge:
    """Like `password_sign_in`, after the new password or the code that was asked for.

    Raises AnswerError when another answer may be tried, SignInError when it may not.
    """
    field = {
        ChallengeName.NEW_PASSWORD: "NEW_PASSWORD",
        ChallengeName.CODE: "SOFTWARE_TOKEN_MFA_CODE",
    }[challenge.name]
    with _translated(expired=True):
        reply = cognito().respond_to_auth_challenge(
            ClientId=settings.COGNITO_CLIENT_IDS[0],
            ChallengeName=challenge.name.value,
            Session=challenge.session,
            ChallengeResponses={"USERNAME": challenge.username, field: answer},
        )
    return _next_step(reply, challenge.username)


def _next_step(reply: Mapping[str, Any], username: str) -> Identity | Challenge:
    result = reply.get("AuthenticationResult")
    if result:
        return _identity(result["IdToken"])
    try:
        name = ChallengeName(reply["ChallengeName"])
    except ValueError:
        raise SignInError(OTHER_CHALLENGE.format(name=reply["ChallengeName"])) from None
    parameters = reply.get("ChallengeParameters", {})
    if parameters.get("requiredAttributes", "[]") != "[]":
        raise SignInError(INCOMPLETE)
    # Cognito knows the account by this name, whatever alias was typed.
    internal = parameters.get("USER_ID_FOR_SRP", username)
    return Challenge(name=name, username=internal, session=reply["Session"])


def _identity(token: str) -> Identity:
    try:
        return identity_from_claims(token_verifier().verify(token, uses=("id",)))
    except TokenError as err:
        # Cognito itself has just issued it: our settings name another pool or client.
        raise CognitoUnavailableError(f"A fresh token is refused: {err}") from err


@contextmanager
def _translated(*, expired: bool = False) -> Iterator[None]:
    """Cognito's errors as ours. After a challenge, "not authorized" means that it expired."""
    try:
        yield
    except ClientError as err:
        raise _translation(err.response["Error"], expired=expired) from err
    except BotoCoreError as err:
        raise CognitoUnavailableError("Cognito does not answer.") from err


def _translation(error: Mapping[str, Any], *, expired: bool) -> Exception:
    code, message = str(error.get("Code")), str(error.get("Message", ""))
    if code == "NotAuthorizedException" and "attempts exceeded" in message.lower():
        return SignInError(TOO_MANY)
    if code == "InvalidParameterException" and "not enabled" in message:
        # The app client lacks ALLOW_USER_PASSWORD_AUTH: nobody's password is wrong.
        return CognitoUnavailableError(message)
    if code in _REFUSALS:
        return SignInError(_REFUSALS[code])
    if code in _WRONG_ANSWERS:
        return AnswerError(_WRONG_ANSWERS[code] or message)
    if code in _WRONG_CREDENTIALS:
        return SignInError(EXPIRED) if expired else WrongCredentialsError(WRONG_CREDENTIALS)
    return CognitoUnavailableError(f"Cognito answers {code}.")
