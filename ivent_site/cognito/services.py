"""Who becomes staff, and who stops being signed in."""

import logging
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _
from pynamodb.exceptions import UpdateError

from ivent_site.cognito.errors import SignInError
from ivent_site.cognito.identity import Identity
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.tables import STAFF_PARTITION, StaffRow
from ivent_site.dynamodb.rows import sort_key
from ivent_site.ids import uuid7

NO_RIGHTS: Final = _(
    "Your account is in none of the groups that may work here. "
    "Ask an administrator to add you to one."
)

logger = logging.getLogger(__name__)


def staff_sign_in(*, identity: Identity) -> StaffUser:
    """The staff member of a person who has just proven who they are; one write.

    Raises SignInError for someone without a group that counts, and writes nothing.
    """
    if not identity.is_staff:
        logger.warning("A person without rights is refused", extra={"sub": identity.sub})
        raise SignInError(NO_RIGHTS)
    now = datetime.now(UTC)
    row = StaffRow(identity.sub)
    row.update(
        actions=[
            StaffRow.username.set(identity.username),
            StaffRow.email.set(identity.email),
            StaffRow.name.set(identity.name),
            StaffRow.last_login_at.set(now),
            StaffRow.partition.set(STAFF_PARTITION),
            StaffRow.login_key.set(sort_key(now, identity.sub)),
            # Kept from earlier sign-ins, so that signing in here ends no session elsewhere.
            StaffRow.session_epoch.set(StaffRow.session_epoch | uuid7()),
            StaffRow.created_at.set(StaffRow.created_at | now),
        ]
    )
    logger.info("A staff member has signed in", extra={"sub": identity.sub})
    return StaffUser(
        id=row.id,
        username=row.username,
        email=row.email,
        name=row.name,
        session_epoch=row.session_epoch,
        last_login_at=row.last_login_at,
        created_at=row.created_at,
    )


def staff_sign_out(*, staff_id: str) -> None:
    """End every session of this person, copies of their cookies included."""
    try:
        StaffRow(staff_id).update(
            actions=[StaffRow.session_epoch.set(uuid7())], condition=StaffRow.id.exists()
        )
    except UpdateError as err:
        # Without a row there is no session that could go on.
        if err.cause_response_code != "ConditionalCheckFailedException":
            raise
