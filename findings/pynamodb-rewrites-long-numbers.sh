#!/usr/bin/env bash
# DynamoDB keeps 38 digits of a number, and boto3 gives them as Decimal. PynamoDB's NumberAttribute
# reads a number with a fraction as a float, without a warning: whoever reads an item that another
# program wrote and saves it again changes a number that it never touched.
#
# Expected: a row that is read and saved holds the number that was there.
# Seen:     0.12345678901234567890123456789 has become 0.12345678901234568; whole numbers of any
#           length survive (PynamoDB 6.1.0, moto 5.2.5).
# Ivent:    stores whole numbers and text only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pynamodb==6.1.0 'moto[dynamodb]==5.2.5'
cat > "$folder/digits.py" <<'PY'
import os
import sys
from decimal import Decimal

os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-central-1"}
os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
import boto3
import pynamodb
from moto import mock_aws
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

GIVEN = {"share": Decimal("0.12345678901234567890123456789"), "total": Decimal("12345678901234567890123")}
with mock_aws():

    class Row(Model):
        class Meta:
            table_name, region, billing_mode = "rows", "eu-central-1", "PAY_PER_REQUEST"

        name = UnicodeAttribute(hash_key=True)
        share = NumberAttribute()
        total = NumberAttribute()

    Row.create_table()
    table = boto3.resource("dynamodb").Table("rows")
    table.put_item(Item={"name": "a", **GIVEN})
    before = table.get_item(Key={"name": "a"})["Item"]
    Row.get("a").save()
    after = table.get_item(Key={"name": "a"})["Item"]
print(f"PynamoDB {pynamodb.__version__}, read and saved again:")
for name in GIVEN:
    print(f"  {name}: {before[name]} -> {after[name]}")
kept = {name: before[name] == GIVEN[name] for name in GIVEN}
assert all(kept.values()), "the emulator lost digits itself"
changed = after["share"] == Decimal("0.12345678901234568") and after["total"] == GIVEN["total"]
sys.exit(0 if changed else 1)
PY
"$folder/venv/bin/python" "$folder/digits.py"
