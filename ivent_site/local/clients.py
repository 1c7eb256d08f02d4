"""Clients of the local AWS for the laptop's own machinery."""

from typing import Any

import boto3
from botocore.config import Config
from django.conf import settings


def client(service: str, *, endpoint_url: str | None = None) -> Any:
    """A new client of one service of the local AWS; the settings know its address, too."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=settings.AWS_REGION,
        endpoint_url=endpoint_url or settings.AWS_ENDPOINT_URL,
        config=Config(
            connect_timeout=3,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
        **settings.AWS_LOCAL_KEYS,
    )
