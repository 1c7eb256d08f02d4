"""What signing out means."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.services import staff_sign_out


@receiver(user_logged_out)
def end_all_sessions(user: StaffUser | None, **_: Any) -> None:
    """Sessions live in cookies, so a copied one would outlive the sign-out: end them all."""
    if user is not None:
        staff_sign_out(staff_id=user.pk)
