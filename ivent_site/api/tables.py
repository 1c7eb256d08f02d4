"""The table of Idempotency-Keys."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute

from ivent_site.dynamodb.rows import Row, RowMeta, TextJSONAttribute, table_name


class IdempotencyRow(Row):
    """The reply that an Idempotency-Key has got; DynamoDB removes it some time after a day."""

    class Meta(RowMeta):
        table_name = table_name("idempotency")

    # A digest of the caller, the path and the key.
    key = UnicodeAttribute(hash_key=True)
    body_sha256 = UnicodeAttribute()
    status = NumberAttribute()
    reply = TextJSONAttribute()
    headers = JSONAttribute()
    expires_at = TTLAttribute()
