"""Making staff accounts: Cognito has them, and mails the invitation."""

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings

from ivent_site.aws import cognito
from ivent_site.cognito.enums import Group

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.type_defs import AttributeTypeTypeDef


def staff_create(*, email: str, groups: list[Group], invite: bool = True) -> bool:
    """Make the account, if there is none, and put it into the groups; whether it was made.

    Cognito mails a temporary password, which the first sign-in changes. Safe to repeat.
    """
    made = _create(email, invite=invite)
    for group in groups:
        cognito().admin_add_user_to_group(
            UserPoolId=settings.COGNITO_USER_POOL_ID, Username=email, GroupName=group.value
        )
    return made


def _create(email: str, *, invite: bool) -> bool:
    attributes: list[AttributeTypeTypeDef] = [
        {"Name": "email", "Value": email},
        {"Name": "email_verified", "Value": "true"},
    ]
    pool = settings.COGNITO_USER_POOL_ID
    create = partial(
        cognito().admin_create_user, UserPoolId=pool, Username=email, UserAttributes=attributes
    )
    try:
        if invite:
            create(DesiredDeliveryMediums=["EMAIL"])
        else:
            create(MessageAction="SUPPRESS")
    except cognito().exceptions.UsernameExistsException:
        return False
    return True
