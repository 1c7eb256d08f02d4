"""Django's authentication backend: passwords and groups are Cognito's."""

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from ivent_site.cognito.models import StaffUser


class CognitoBackend(BaseBackend):
    """Loads the staff member of a session."""

    def get_user(self, user_id: str) -> StaffUser | None:
        """The staff member; what Cognito says about them is asked when it is first needed."""
        return StaffUser.objects.filter(pk=user_id).first()
