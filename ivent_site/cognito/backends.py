"""Django's authentication backend: passwords and groups are Cognito's."""

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from ivent_site.cognito.errors import WrongCredentialsError
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.password_login import Challenge, password_sign_in
from ivent_site.cognito.services import staff_sign_in


class ChallengeRequired(Exception):  # noqa: N818 - no error: the sign-in goes on
    """The password is right, and Cognito wants to know more."""

    def __init__(self, challenge: Challenge) -> None:
        super().__init__(challenge.name)
        self.challenge = challenge


class CognitoBackend(BaseBackend):
    """Signs staff in with their Cognito password, and loads the staff member of a session."""

    @sensitive_variables("password")
    def authenticate(  # type: ignore[override]  # Django tries backends by their arguments
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's signature
        username: str | None = None,
        password: str | None = None,
    ) -> StaffUser | None:
        """The staff member; None when the credentials are wrong.

        Raises ChallengeRequired, SignInError for a refusal of another kind, and
        CognitoUnavailableError.
        """
        if not username or not password:
            return None
        try:
            step = password_sign_in(username=username, password=password)
        except WrongCredentialsError:
            return None
        if isinstance(step, Challenge):
            raise ChallengeRequired(step)
        return staff_sign_in(identity=step)

    def get_user(self, user_id: str) -> StaffUser | None:
        """The staff member; what Cognito says about them is asked when it is first needed."""
        return StaffUser.objects.filter(pk=user_id).first()
