#!/usr/bin/env bash
# A number as a sort key: 1, 1.0 and 1e0 are one key in DynamoDB, which compares and stores numbers, not
# their spelling. A program that computes keys with Decimal or floats spells them in its own way.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
#
# Expected: an item put under 1 is found under 1.0, and "1e2" comes back as 100.
# Seen:     dynalite 4.0.0 does both. MiniStack 1.5.33 gives 100, and finds nothing under 1.0.
#           moto 5.2.5 finds the item under 1.0, and gives "1e2" as it was spelt.
# Ivent:    has text as every sort key, and whole numbers, spelt by one function, elsewhere.
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
BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 LAMBDA_EXECUTOR=local GATEWAY_PORT=14576 ministack/bin/ministack > ministack.log 2>&1 &
moto/bin/moto_server -H 127.0.0.1 -p 14577 > moto.log 2>&1 &
node_modules/.bin/dynalite --host 127.0.0.1 --port 14578 --createTableMs 0 > dynalite.log 2>&1 &
cat > spelling.py <<'PY'
import sys
import time

import boto3
from botocore.exceptions import EndpointConnectionError

# Whether 1.0 finds what was put under 1, and how 1e2 comes back.
SEEN = {"ministack": (False, "100"), "moto": (True, "1e2"), "dynalite": (True, "100")}
found = {}
for port, name in enumerate(SEEN, 14576):
    client = boto3.client(
        "dynamodb", region_name="eu-central-1", endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="x", aws_secret_access_key="x",
    )
    for _ in range(100):
        try:
            client.create_table(
                TableName="numbers", BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[
                    {"AttributeName": "id", "AttributeType": "S"},
                    {"AttributeName": "n", "AttributeType": "N"},
                ],
                KeySchema=[
                    {"AttributeName": "id", "KeyType": "HASH"},
                    {"AttributeName": "n", "KeyType": "RANGE"},
                ],
            )
            break
        except EndpointConnectionError:
            time.sleep(0.2)
    client.get_waiter("table_exists").wait(TableName="numbers", WaiterConfig={"Delay": 1})
    client.put_item(TableName="numbers", Item={"id": {"S": "a"}, "n": {"N": "1"}, "v": {"N": "1e2"}})
    same = "Item" in client.get_item(TableName="numbers", Key={"id": {"S": "a"}, "n": {"N": "1.0"}})
    value = client.get_item(TableName="numbers", Key={"id": {"S": "a"}, "n": {"N": "1"}})["Item"]["v"]["N"]
    found[name] = (same, value)
    print(f"  {name:<10} found under 1.0: {same!s:<6} 1e2 comes back as {value}")
sys.exit(0 if found == SEEN else 1)
PY
moto/bin/python spelling.py
