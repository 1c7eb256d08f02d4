#!/usr/bin/env bash
# A page of dynalite's Query is larger than 1 MB, and its last one is empty.
#
# Expected: a Query reads up to 1 MB, so twelve items of 200,000 bytes come in pages of 5, 5 and 2,
#           as from MiniStack and moto.
#           https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
# Seen:     dynalite ends after the item that crosses 1 MB: pages of 6, 6 and, since it names a key to
#           go on from whenever it has ended early, of none. A test of how many calls a long partition
#           takes, or of a reply's size, says something else on each emulator.
# Ivent:    follows LastEvaluatedKey whatever a page holds; its tests count calls on partitions that
#           are shorter than a page.
set -euo pipefail
folder=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 'moto[dynamodb]==5.2.5'
npm init --yes > init.log
npm install --silent --no-audit --no-fund dynalite@4.0.0
free() { venv/bin/python -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
first=$(free) second=$(free)
BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 GATEWAY_PORT=$first venv/bin/ministack > ministack.log 2>&1 &
servers+=($!)
node_modules/.bin/dynalite --host 127.0.0.1 --port "$second" --createTableMs 0 > dynalite.log 2>&1 &
servers+=($!)
cat > pages.py <<'PY'
import sys
import time
from contextlib import nullcontext

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from moto import mock_aws


def answers(client):
    try:
        return bool(client.list_tables())
    except (BotoCoreError, ClientError):
        return False


def pages(endpoint):
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="eu-central-1",
        aws_access_key_id="000000000000",
        aws_secret_access_key="b",
        config=Config(retries={"max_attempts": 0}),
    )
    for _ in range(120):
        if answers(client):
            break
        time.sleep(0.5)
    client.create_table(
        TableName="pages",
        KeySchema=[
            {"AttributeName": "p", "KeyType": "HASH"},
            {"AttributeName": "k", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in "pk"],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(TableName="pages", WaiterConfig={"Delay": 1})
    for number in range(12):
        item = {"p": {"S": "p"}, "k": {"S": f"{number:02}"}, "x": {"S": "x" * 199_990}}
        client.put_item(TableName="pages", Item=item)
    found, start = [], {}
    while True:
        reply = client.query(
            TableName="pages",
            KeyConditionExpression="p = :p",
            ExpressionAttributeValues={":p": {"S": "p"}},
            **start,
        )
        found.append(reply["Count"])
        if "LastEvaluatedKey" not in reply:
            return found
        start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}


seen = []
for name, endpoint in (
    ("MiniStack 1.5.33", f"http://127.0.0.1:{sys.argv[1]}"),
    ("moto 5.2.5", None),
    ("dynalite 4.0.0", f"http://127.0.0.1:{sys.argv[2]}"),
):
    with nullcontext() if endpoint else mock_aws():
        seen.append(pages(endpoint))
    print(f"{name}: 12 items of 200,000 bytes in pages of {seen[-1]}", flush=True)
sys.exit(0 if seen == [[5, 5, 2], [5, 5, 2], [6, 6, 0]] else 1)
PY
venv/bin/python pages.py "$first" "$second"
