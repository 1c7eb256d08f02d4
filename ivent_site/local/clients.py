"""Clients of the local AWS for the laptop's own machinery."""

from typing import Any

import boto3
from botocore.config import Config
from django.conf import settings


def client(service: str, *, read_timeout_s: int = 30) -> Any:
    """A new client of one service of the local AWS, at the address in the settings."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=settings.AWS_REGION,
        endpoint_url=settings.AWS_ENDPOINT_URL,
        config=Config(
            connect_timeout=3,
            read_timeout=read_timeout_s,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
        **settings.AWS_LOCAL_KEYS,
    )
