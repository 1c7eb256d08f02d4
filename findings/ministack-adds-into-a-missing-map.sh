#!/usr/bin/env bash
# `ADD stats.#day :one` on an item without `stats`: DynamoDB creates the last step of a path only, and
# refuses a path whose parents are not there ("The document path provided in the update expression is
# invalid for update"). MiniStack makes the parents, so a counter that works on the laptop fails at the
# first write on AWS.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
#
# Expected: all three emulators refuse it with a ValidationException.
# Seen:     moto 5.2.5 and dynalite 4.0.0 do; MiniStack 1.5.33 adds {"stats": {"monday": 1}}.
# Ivent:    keeps each counter as an item of its own, and never updates a nested path.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
for package in ministack==1.5.33 'moto[server]==5.2.5'; do
    name=${package%%[=[]*}
    python3 -m venv "$name"
    "$name/bin/pip" install --quiet --disable-pip-version-check "$package" boto3
done
npm init --yes > init.log
npm install --silent --no-audit --no-fund dynalite@4.0.0
BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 LAMBDA_EXECUTOR=local GATEWAY_PORT=14566 ministack/bin/ministack > ministack.log 2>&1 &
moto/bin/moto_server -H 127.0.0.1 -p 14567 > moto.log 2>&1 &
node_modules/.bin/dynalite --host 127.0.0.1 --port 14568 --createTableMs 0 > dynalite.log 2>&1 &
cat > add.py <<'PY'
import sys
import time

import boto3
from botocore.exceptions import ClientError, EndpointConnectionError

SEEN = {"ministack": "accepted", "moto": "ValidationException", "dynalite": "ValidationException"}
found = {}
for port, name in enumerate(SEEN, 14566):
    client = boto3.client(
        "dynamodb", region_name="eu-central-1", endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="x", aws_secret_access_key="x",
    )
    for _ in range(100):
        try:
            client.create_table(
                TableName="numbers", BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            )
            break
        except EndpointConnectionError:
            time.sleep(0.2)
    client.get_waiter("table_exists").wait(TableName="numbers", WaiterConfig={"Delay": 1})
    client.put_item(TableName="numbers", Item={"id": {"S": "a"}})
    try:
        client.update_item(
            TableName="numbers", Key={"id": {"S": "a"}}, UpdateExpression="ADD stats.#day :one",
            ExpressionAttributeNames={"#day": "monday"}, ExpressionAttributeValues={":one": {"N": "1"}},
        )
        found[name] = "accepted"
    except ClientError as err:
        found[name] = err.response["Error"]["Code"]
    item = client.get_item(TableName="numbers", Key={"id": {"S": "a"}})["Item"]
    print(f"  {name:<10} {found[name]:<20} {item}")
sys.exit(0 if found == SEEN else 1)
PY
moto/bin/python add.py
