"""Checks before a deployment: `manage.py check --deploy`.

The settings refuse what is missing or malformed at start; these find what is well-formed and
still dangerous.
"""

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


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
