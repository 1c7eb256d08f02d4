#!/usr/bin/env bash
# PynamoDB's Model.count() takes a `limit` and counts everything all the same: it ends when `limit`
# items have come, and a count brings none. DynamoDB reads `limit` items a request, so the limit only
# makes the count dearer: 29 rows with limit=3 take ten requests instead of one.
#
# Expected: count("q", limit=3) reads three rows and gives 3, as query("q", limit=3) does.
# Seen:     29, by 10 requests; without a limit 29, by 1 (PynamoDB 6.1.0).
# Ivent:    counted the subscribers that our own set-up stopped in this way, to show "more than …";
#           it now counts the rows of a Query with a limit.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pynamodb==6.1.0 blinker==1.9.0 'moto[dynamodb]==5.2.5'
cat > "$folder/count.py" <<'PY'
import os
import sys

os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-central-1"}
import pynamodb
from moto import mock_aws
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model
from pynamodb.signals import pre_dynamodb_send

with mock_aws():

    class Row(Model):
        class Meta:
            table_name, region, billing_mode = "rows", "eu-central-1", "PAY_PER_REQUEST"

        part = UnicodeAttribute(hash_key=True)
        number = NumberAttribute(range_key=True)

    Row.create_table()
    with Row.batch_write() as batch:
        for number in range(29):
            batch.save(Row("q", number))
    asked = []
    pre_dynamodb_send.connect(lambda _sender, operation_name, **_: asked.append(operation_name), weak=False)

    def queries(call):
        asked.clear()
        return call(), asked.count("Query")

    whole = queries(lambda: Row.count("q"))
    limited = queries(lambda: Row.count("q", limit=3))
    rows = queries(lambda: len([*Row.query("q", limit=3)]))
print(f"PynamoDB {pynamodb.__version__}: (result, requests)")
print("  count()              ", whole)
print("  count(limit=3)       ", limited)
print("  len(query(limit=3))  ", rows)
sys.exit(0 if (whole, limited, rows) == ((29, 1), (29, 10), (3, 1)) else 1)
PY
"$folder/venv/bin/python" "$folder/count.py"
