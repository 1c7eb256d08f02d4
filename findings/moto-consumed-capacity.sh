#!/usr/bin/env bash
# Moto answers ReturnConsumedCapacity with numbers that have nothing to do with what DynamoDB bills.
#
# Expected: what the documentation says of write and read units: one per started KB, one more for
#           each index that is written, twice as many in a transaction; half a unit for each started
#           4 KB of an eventually consistent read.
#           https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
# Seen:     every put is 1.0, whatever its size and indexes; a transaction reports nothing at all;
#           a Query counts items instead of bytes. A search index of many small items in a
#           transaction, the dearest way to write, looks free.
# Ivent:    measures on MiniStack, which reports the documented units for writes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[dynamodb]==5.2.5'
cat > "$folder/capacity.py" <<'PY'
import os
import sys

import boto3
import moto

os.environ.update(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_DEFAULT_REGION="eu-central-1")
with moto.mock_aws():
    client = boto3.client("dynamodb")
    kinds = [{"AttributeName": name, "AttributeType": "S"} for name in ("p", "k", "g")]
    hash_, range_, other = (
        {"AttributeName": name, "KeyType": kind}
        for name, kind in (("p", "HASH"), ("k", "RANGE"), ("g", "HASH"))
    )
    client.create_table(
        TableName="search",
        KeySchema=[hash_, range_],
        AttributeDefinitions=kinds,
        GlobalSecondaryIndexes=[
            {"IndexName": "by_g", "KeySchema": [other], "Projection": {"ProjectionType": "ALL"}}
        ],
        BillingMode="PAY_PER_REQUEST",
    )

    def item(key, **more):
        return {name: {"S": value} for name, value in {"p": "p", "k": key, **more}.items()}

    def units(reply):
        told = reply.get("ConsumedCapacity") or []
        return sum(each["CapacityUnits"] for each in (told if isinstance(told, list) else [told]))

    ask = {"TableName": "search", "ReturnConsumedCapacity": "TOTAL"}
    seen = {
        "put of 100 bytes": (1, units(client.put_item(Item=item("a"), **ask))),
        "put of 3 KB": (4, units(client.put_item(Item=item("b", x="x" * 3072), **ask))),
        "put into an index": (2, units(client.put_item(Item=item("c", g="g"), **ask))),
        "two puts in a transaction": (
            4,
            units(
                client.transact_write_items(
                    TransactItems=[
                        {"Put": {"TableName": "search", "Item": item(key)}} for key in "de"
                    ],
                    ReturnConsumedCapacity="TOTAL",
                )
            ),
        ),
        "query of 5 small items": (
            1,
            units(
                client.query(
                    KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": {"S": "p"}}, **ask
                )
            ),
        ),
    }
print(f"moto {moto.__version__}: documented, reported")
for what, (documented, reported) in seen.items():
    print(f"  {what}: {documented}, {reported}")
sys.exit(0 if [reported for _, reported in seen.values()] == [1.0, 1.0, 1.0, 0, 1.0] else 1)
PY
"$folder/venv/bin/python" "$folder/capacity.py"
