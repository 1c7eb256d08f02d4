"""The Django model of a staff row: AUTH_USER_MODEL."""

from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from ivent_site.cognito.directory import current_groups
from ivent_site.cognito.permissions import HasRights, is_staff
from ivent_site.cognito.tables import STAFF_PARTITION, StaffRow
from ivent_site.dynamodb.store import Path, Store, bind


class StaffManager(models.Manager["StaffUser"]):
    """Finds staff by their `sub`, which is their natural key as well."""

    def get_by_natural_key(self, sub: str) -> "StaffUser":
        """The person with this Cognito `sub`."""
        return self.get(pk=sub)


class StaffUser(HasRights, models.Model):
    """A person who has signed in to the admin."""

    id = models.CharField(_("Cognito sub"), primary_key=True, max_length=128)
    username = models.CharField(_("user name"), max_length=254, unique=True)
    email = models.EmailField("e-mail", blank=True)
    name = models.CharField("name", max_length=200, blank=True)
    session_epoch = models.CharField(max_length=36, editable=False)
    last_login_at = models.DateTimeField(_("last sign-in"))
    created_at = models.DateTimeField(_("first sign-in"))

    objects = StaffManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    is_authenticated = True
    is_anonymous = False

    class Meta:
        managed = False
        db_table = "staff"
        verbose_name = _("staff member")
        verbose_name_plural = "staff"

    def __str__(self) -> str:
        return self.get_username()

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups in Cognito now, asked once per object, and so once per request.

        None for an account that is disabled, deleted or not yet confirmed. Raises
        CognitoUnavailableError: without an answer nobody has rights.
        """
        return current_groups(username=self.username)

    @property
    def is_active(self) -> bool:
        """Whether Cognito still has the account in a group that counts."""
        return is_staff(self.groups)

    @property
    def sub(self) -> str:
        """The Cognito `sub`, under the name that tokens have for it."""
        return self.id

    def get_username(self) -> str:
        """The name to show: Cognito's own may be a generated one."""
        return self.email or self.username

    def get_full_name(self) -> str:
        """The full name, as Cognito has it."""
        return self.name

    def get_short_name(self) -> str:
        """The name to greet with."""
        return self.name or self.get_username()

    def has_usable_password(self) -> bool:
        """False: passwords are Cognito's, so the admin offers no form to change one."""
        return False

    def natural_key(self) -> tuple[str]:
        """What `get_by_natural_key` takes."""
        return (self.id,)

    def get_session_auth_hash(self) -> str:
        """What a session must hold to be this person's; it changes with the session epoch."""
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the keys that are being rotated out."""
        yield from map(self._session_hash, settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, secret: str) -> str:
        value = f"{self.id}:{self.session_epoch}"
        return salted_hmac(
            "ivent_site.cognito.session", value, secret=secret, algorithm="sha256"
        ).hexdigest()


bind(
    StaffUser,
    Store(
        row=StaffRow,
        paths=(
            Path(
                index="by_login",
                partition="partition",
                partitions=(STAFF_PARTITION,),
                order="last_login_at",
            ),
        ),
    ),
)
