"""Checks before a deployment, `manage.py check --deploy`, and of the time zone rules, at any time.

The settings refuse what is missing or malformed at start; these find what is well-formed and
still dangerous.
"""

import os
import re
import zoneinfo
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register

from ivent_site.zones import iana_version


@register(Tags.security, deploy=True)
def check_stage(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - Django's signature
    **_: Any,
) -> list[CheckMessage]:
    """What must never be deployed: the laptop's stage, open hosts, plain HTTP, no user pool."""
    problems: list[CheckMessage] = []
    if settings.LOCAL:
        problems.append(Error("IVENT_STAGE is local.", id="ivent.E001"))
    if "*" in settings.ALLOWED_HOSTS:
        problems.append(
            Error(
                "ALLOWED_HOSTS lets any host in.",
                hint="Links in mails and redirects could point anywhere. Name the hosts.",
                id="ivent.E002",
            )
        )
    if urlsplit(settings.PUBLIC_URL).scheme != "https":
        problems.append(Error("PUBLIC_URL is not https.", id="ivent.E003"))
    if not (settings.COGNITO_USER_POOL_ID and settings.COGNITO_CLIENT_IDS):
        problems.append(
            Error("COGNITO_USER_POOL_ID or COGNITO_CLIENT_IDS is empty.", id="ivent.E004")
        )
    hosted = settings.COGNITO_HOSTED_URL
    if hosted and urlsplit(hosted).scheme != "https":
        problems.append(Error("COGNITO_HOSTED_URL is not https.", id="ivent.E005"))
    if "AWS_ENDPOINT_URL" in os.environ:
        problems.append(
            Error(
                "AWS_ENDPOINT_URL is set.",
                hint="Every call, and the keys of tokens, would go there instead of AWS.",
                id="ivent.E006",
            )
        )
    return problems


@register()
def check_zone_rules(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - Django's signature
    **_: Any,
) -> list[CheckMessage]:
    """Time zone rules from elsewhere than the lock file: each machine would show its own hours."""
    problems: list[CheckMessage] = []
    if zoneinfo.TZPATH:
        problems.append(
            Error(
                f"Time zones are read from {os.pathsep.join(zoneinfo.TZPATH)}.",
                hint="Something has called zoneinfo.reset_tzpath() after ivent_site was imported.",
                id="ivent.E007",
            )
        )
    installed, locked = version("tzdata"), _locked_tzdata()
    if locked and installed != locked:
        problems.append(
            Error(
                f"tzdata {installed} (IANA {iana_version()}) is installed; requirements.txt has "
                f"{locked}.",
                hint="Install the lock files again: make .venv/installed",
                id="ivent.E008",
            )
        )
    return problems


@register(deploy=True)
def tell_zone_rules(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - Django's signature
    **_: Any,
) -> list[CheckMessage]:
    """The release of the time zone rules, to be read beside what IANA has announced."""
    return [Info(f"Time zone rules: IANA {iana_version()}.", id="ivent.I001")]


def _locked_tzdata() -> str:
    """The version in requirements.txt; "" in the package, which holds what it locks."""
    path = settings.BASE_DIR / "requirements.txt"
    found = re.search(r"^tzdata==(\S+)", path.read_text(), re.MULTILINE) if path.exists() else None
    return found[1] if found else ""
