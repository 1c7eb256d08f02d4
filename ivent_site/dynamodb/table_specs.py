"""Every table as data, for whoever makes the tables elsewhere: Terraform.

{"events": {"hash_key": "id", "range_key": None, "attributes": {"id": "S", …}, "indexes":
{"by_due": {"hash_key", "range_key", "projection_type", "non_key_attributes"}}, "ttl": None,
"stream_view_type": "NEW_AND_OLD_IMAGES"}}
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from pynamodb.attributes import TTLAttribute

from ivent_site.dynamodb.rows import Row
from ivent_site.dynamodb.tables import rows_by_table


def table_specs() -> dict[str, dict[str, Any]]:
    """Each table's short name (without the stage's prefix), and what the table is made of."""
    prefix = f"{settings.RESOURCE_PREFIX}-"
    return {
        name.removeprefix(prefix): _spec(rows) for name, rows in sorted(rows_by_table().items())
    }


def _spec(rows: Sequence[type[Row]]) -> dict[str, Any]:
    """What a table needs; the first of its rows declares its keys and indexes."""
    schema = rows[0]._get_schema()
    indexes = sorted(schema["global_secondary_indexes"], key=lambda index: index["index_name"])
    return {
        "hash_key": _key(schema["key_schema"], "HASH"),
        "range_key": _key(schema["key_schema"], "RANGE"),
        "attributes": {
            each["AttributeName"]: each["AttributeType"]
            for each in sorted(
                schema["attribute_definitions"], key=lambda each: str(each["AttributeName"])
            )
        },
        "indexes": {
            index["index_name"]: {
                "hash_key": _key(index["key_schema"], "HASH"),
                "range_key": _key(index["key_schema"], "RANGE"),
                "projection_type": index["projection"]["ProjectionType"],
                "non_key_attributes": sorted(index["projection"].get("NonKeyAttributes", []))
                or None,
            }
            for index in indexes
        },
        # A table's rows may differ in whether they end by themselves, not in the attribute.
        "ttl": next((name for row in rows for name in _ttl_names(row)), None),
        "stream_view_type": getattr(rows[0].Meta, "stream_view_type", None),
    }


def _key(key_schema: Sequence[Any], kind: str) -> str | None:
    names: dict[str, str] = {each["KeyType"]: each["AttributeName"] for each in key_schema}
    return names.get(kind)


def _ttl_names(row: type[Row]) -> list[str]:
    return [
        each.attr_name for each in row.get_attributes().values() if isinstance(each, TTLAttribute)
    ]
