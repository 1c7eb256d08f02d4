"""What Cognito knows about a person right now."""

from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from ivent_site.aws import cognito
from ivent_site.cognito.errors import CognitoUnavailableError

# An account whose password was reset is not confirmed: its sessions end as well.
_IN_USE: Final = ("CONFIRMED", "EXTERNAL_PROVIDER")


def current_groups(*, username: str) -> frozenset[str]:
    """The groups of an account that may be used; none when it is disabled, reset or gone.

    Two calls: the groups of a disabled account are still listed, so the account is asked for
    first. Raises CognitoUnavailableError.
    """
    pool = settings.COGNITO_USER_POOL_ID
    try:
        account = cognito().admin_get_user(UserPoolId=pool, Username=username)
        if not account["Enabled"] or account["UserStatus"] not in _IN_USE:
            return frozenset()
        pages = cognito().get_paginator("admin_list_groups_for_user")
        return frozenset(
            group["GroupName"]
            for page in pages.paginate(UserPoolId=pool, Username=username)
            for group in page["Groups"]
        )
    except cognito().exceptions.UserNotFoundException:
        return frozenset()
    except (BotoCoreError, ClientError) as err:
        raise CognitoUnavailableError("Cognito does not say who belongs to which group.") from err
