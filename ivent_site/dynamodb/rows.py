"""The base of every PynamoDB model in the project.

A row knows its tables' keys. `index_keys` says what the index attributes of a row are,
computed from its other attributes, and is applied at every write, so that no index keeps
a stale key: None takes the row out of that index.
"""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.config import Config
from django.conf import settings
from pynamodb.attributes import JSONAttribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.models import Model

from ivent_site.aws import USER_AGENT


def table_name(name: str) -> str:
    """The full name of a table in this stage."""
    return f"{settings.RESOURCE_PREFIX}-{name}"


class RowMeta:
    """What the inner `Meta` of every row inherits: where DynamoDB is, and how long to wait."""

    region = settings.AWS_REGION
    host = settings.AWS_ENDPOINT_URL
    aws_access_key_id = settings.AWS_LOCAL_KEYS.get("aws_access_key_id")
    aws_secret_access_key = settings.AWS_LOCAL_KEYS.get("aws_secret_access_key")
    billing_mode = "PAY_PER_REQUEST"
    connect_timeout_seconds = 3
    read_timeout_seconds = 10
    max_retry_attempts = 4


class TextJSONAttribute(JSONAttribute):
    """JSON with its letters as they are: PynamoDB's own takes six bytes for one that is not
    ASCII, and twelve for an emoji, of the 400 KB that an item may have.
    """

    def serialize(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)


class Row(Model):
    """One item of one table."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        # One botocore client for all tables: each takes some 50 ms to make.
        table = super()._get_connection()
        if table.connection._client is None:
            table.connection._client = _shared_client()
        return table

    def index_keys(self) -> dict[str, Any]:
        """The attributes that are keys of indexes, from the others; None where there is none."""
        return {}

    def set_index_keys(self) -> None:
        """Put the index attributes in order; called by everything that writes a row."""
        for name, value in self.index_keys().items():
            setattr(self, name, value)


@cache
def _shared_client() -> Any:
    connection = Connection(
        region=RowMeta.region,
        host=RowMeta.host,
        connect_timeout_seconds=RowMeta.connect_timeout_seconds,
        read_timeout_seconds=RowMeta.read_timeout_seconds,
        max_retry_attempts=RowMeta.max_retry_attempts,
        aws_access_key_id=RowMeta.aws_access_key_id,
        aws_secret_access_key=RowMeta.aws_secret_access_key,
    )
    connection.session.set_default_client_config(Config(user_agent=USER_AGENT))
    return connection.client


def sort_text(moment: datetime) -> str:
    """A moment as text that sorts like time: UTC, microseconds, fixed width."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sort_key(*parts: str | datetime) -> str:
    """A range key: its parts joined by '#', moments as sortable text."""
    return "#".join(sort_text(part) if isinstance(part, datetime) else part for part in parts)
