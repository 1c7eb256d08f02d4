"""The names that Cognito and the project agree on."""

from enum import StrEnum


class Group(StrEnum):
    """The user pool's groups that mean something here; any other gives no rights."""

    ADMINS = "admins"
    EDITORS = "editors"
    VIEWERS = "viewers"
