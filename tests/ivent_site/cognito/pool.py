"""A user pool on the local AWS, as Terraform makes it on AWS, and people in it."""

import base64
import hashlib
import hmac
import itertools
import struct
import time
from dataclasses import dataclass, field

from ivent_site.aws import cognito
from ivent_site.cognito.enums import Group

PASSWORD = "Correct-horse-1"
CALLBACK = "https://ivent.example/admin/login/callback/"
SIGNED_OUT = "https://ivent.example/admin/login/"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Pool:
    id: str
    client_id: str
    other_client_id: str

    def person(self, *groups, password=PASSWORD, permanent=True, verified=True):
        email = f"person{next(_numbers)}@example.com"
        created = cognito().admin_create_user(
            UserPoolId=self.id,
            Username=email,
            TemporaryPassword=password,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": str(verified).lower()},
                {"Name": "name", "Value": "Kim Doe"},
            ],
        )["User"]
        sub = next(item["Value"] for item in created["Attributes"] if item["Name"] == "sub")
        if permanent:
            cognito().admin_set_user_password(
                UserPoolId=self.id, Username=email, Password=password, Permanent=True
            )
        person = Person(pool=self, sub=sub, username=created["Username"], email=email)
        for group in groups:
            person.join(group)
        return person


@dataclass(frozen=True)
class Person:
    pool: Pool
    sub: str
    username: str
    email: str
    password: str = field(default=PASSWORD)

    @property
    def _key(self):
        return {"UserPoolId": self.pool.id, "Username": self.username}

    def join(self, group):
        cognito().admin_add_user_to_group(**self._key, GroupName=group)

    def leave(self, group):
        cognito().admin_remove_user_from_group(**self._key, GroupName=group)

    def disable(self):
        cognito().admin_disable_user(**self._key)

    def delete(self):
        cognito().admin_delete_user(**self._key)

    def reset_password(self):
        cognito().admin_reset_user_password(**self._key)

    def tokens(self, client_id=None):
        return cognito().initiate_auth(
            ClientId=client_id or self.pool.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.email, "PASSWORD": self.password},
        )["AuthenticationResult"]

    def use_authenticator(self):
        """Enrol an authenticator app; its secret."""
        token = self.tokens()["AccessToken"]
        secret = cognito().associate_software_token(AccessToken=token)["SecretCode"]
        cognito().verify_software_token(AccessToken=token, UserCode=totp(secret))
        cognito().set_user_mfa_preference(
            AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
        )
        return secret


def create_pool():
    pool_id = cognito().create_user_pool(
        PoolName="staff", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"]
    )["UserPool"]["Id"]
    cognito().set_user_pool_mfa_config(
        UserPoolId=pool_id,
        SoftwareTokenMfaConfiguration={"Enabled": True},
        MfaConfiguration="OPTIONAL",
    )
    for group in Group:
        cognito().create_group(UserPoolId=pool_id, GroupName=group)
    cognito().create_group(UserPoolId=pool_id, GroupName="gardeners")
    return Pool(pool_id, _create_client(pool_id, "ivent"), _create_client(pool_id, "other"))


def _create_client(pool_id, name):
    return cognito().create_user_pool_client(
        UserPoolId=pool_id,
        ClientName=name,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        PreventUserExistenceErrors="ENABLED",
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email", "profile"],
        SupportedIdentityProviders=["COGNITO"],
        CallbackURLs=[CALLBACK],
        LogoutURLs=[SIGNED_OUT],
    )["UserPoolClient"]["ClientId"]


def totp(secret):
    """RFC 6238, as authenticator apps compute it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
