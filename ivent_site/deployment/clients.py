"""AWS clients for whoever deploys and operates, with that person's own rights."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from django.conf import settings

_CONFIG = Config(
    connect_timeout=5,
    read_timeout=60,
    retries={"mode": "standard", "total_max_attempts": 5},
)


@cache
def client(service: str) -> Any:
    """A client of one service, in the settings' region."""
    return boto3.client(  # type: ignore[call-overload]  # the name is no literal
        service,
        region_name=settings.AWS_REGION,
        endpoint_url=settings.AWS_ENDPOINT_URL,
        config=_CONFIG,
        **settings.AWS_LOCAL_KEYS,
    )
