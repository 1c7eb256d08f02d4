"""Whether DynamoDB answers, with every table there."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from ivent_site.dynamodb.rows import Row
from ivent_site.dynamodb.tables import all_rows


def tables_answer() -> bool:
    """True when every table can be read: one BatchGetItem that asks each for an absent item."""
    rows = list(all_rows())
    request = {row.Meta.table_name: {"Keys": [_absent_key(row)]} for row in rows}
    connection = rows[0]._get_connection().connection
    try:
        connection.dispatch("BatchGetItem", {"RequestItems": request})
    except (BotoCoreError, ClientError, PynamoDBException):
        return False
    return True


def _absent_key(row: type[Row]) -> dict[str, Any]:
    attributes = row.get_attributes().values()
    return {
        attribute.attr_name: {attribute.attr_type: "0"}
        for attribute in attributes
        if attribute.is_hash_key or attribute.is_range_key
    }
