"""The laptop's Cognito user pool: one app client, three groups, four people.

On AWS, Terraform makes the pool, and the people are real.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from ivent_site.local.clients import client

PASSWORD = "Ivent-local-1"  # noqa: S105 - it opens nothing but this machine's own pool
GROUPS = ("admins", "editors", "viewers")
# Who there is, and the group each is in.
PEOPLE: dict[str, str | None] = {
    "admin@example.com": "admins",
    "editor@example.com": "editors",
    "viewer@example.com": "viewers",
    "member@example.com": None,
}
_CLIENT_SETTINGS = {
    "ExplicitAuthFlows": [
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    ],
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthScopes": ["openid", "email", "profile"],
    "SupportedIdentityProviders": ["COGNITO"],
    "PreventUserExistenceErrors": "ENABLED",
}


@dataclass(frozen=True, kw_only=True)
class UserPool:
    """A pool and the app client whose tokens the API takes."""

    pool_id: str
    client_id: str


def create_user_pool(*, callback_urls: list[str], logout_urls: list[str]) -> UserPool:
    """The laptop's pool with its client, groups and people; safe to repeat."""
    cognito = client("cognito-idp")
    name = settings.RESOURCE_PREFIX
    pool_id = _pool_id(cognito, name) or _create_pool(cognito, name)
    client_id = _ensure_client(
        cognito, pool_id, name, {"CallbackURLs": callback_urls, "LogoutURLs": logout_urls}
    )
    _ensure_groups(cognito, pool_id)
    for email, group in PEOPLE.items():
        _ensure_person(cognito, pool_id, email, group)
    return UserPool(pool_id=pool_id, client_id=client_id)


def _pool_id(cognito: Any, name: str) -> str | None:
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    return next((pool["Id"] for pool in pools if pool["Name"] == name), None)


def _create_pool(cognito: Any, name: str) -> str:
    pool = cognito.create_user_pool(
        PoolName=name,
        UsernameAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
    )
    pool_id: str = pool["UserPool"]["Id"]
    return pool_id


def _ensure_client(cognito: Any, pool_id: str, name: str, urls: dict[str, list[str]]) -> str:
    found = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    for known in found:
        if known["ClientName"] == name:
            client_id: str = known["ClientId"]
            # PORT may be another than last time, and with it the URLs.
            cognito.update_user_pool_client(
                UserPoolId=pool_id, ClientId=client_id, **_CLIENT_SETTINGS, **urls
            )
            return client_id
    made = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName=name, GenerateSecret=False, **_CLIENT_SETTINGS, **urls
    )
    new_id: str = made["UserPoolClient"]["ClientId"]
    return new_id


def _ensure_groups(cognito: Any, pool_id: str) -> None:
    there = {group["GroupName"] for group in cognito.list_groups(UserPoolId=pool_id)["Groups"]}
    for group in GROUPS:
        if group not in there:
            cognito.create_group(UserPoolId=pool_id, GroupName=group)


def _ensure_person(cognito: Any, pool_id: str, email: str, group: str | None) -> None:
    try:
        cognito.admin_create_user(
            UserPoolId=pool_id,
            Username=email,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
    except cognito.exceptions.UsernameExistsException:
        return
    cognito.admin_set_user_password(
        UserPoolId=pool_id, Username=email, Password=PASSWORD, Permanent=True
    )
    if group:
        cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=email, GroupName=group)
