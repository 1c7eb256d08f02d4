#!/usr/bin/env bash
# PynamoDB leaves an attribute that is None out of the item, and compiles `Row.note == None` into a
# comparison with DynamoDB's NULL value. An attribute that is not there equals nothing, so on DynamoDB
# the condition misses exactly the rows that the library wrote with None. moto takes a missing
# attribute for NULL: tests on it pass with a filter that finds nothing in production.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
#
# Expected: the emulators agree that `== None` finds nothing.
# Seen:     moto 5.2.5 finds the row that was saved without the attribute, and `!= None` the other
#           alone; MiniStack 1.5.33 finds nothing by == and both by !=. does_not_exist() is the
#           same on both (PynamoDB 6.1.0).
# Ivent:    conditions say exists() and does_not_exist(), never None.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
for name in ministack moto; do python3 -m venv "$name"; done
ministack/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33
moto/bin/pip install --quiet --disable-pip-version-check pynamodb==6.1.0 'moto[server]==5.2.5'
BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 LAMBDA_EXECUTOR=local GATEWAY_PORT=14586 ministack/bin/ministack > ministack.log 2>&1 &
moto/bin/moto_server -H 127.0.0.1 -p 14587 > moto.log 2>&1 &
cat > none.py <<'PY'
import os
import socket
import sys
import time

os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-central-1"}
import pynamodb
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

# By == None, by != None, by does_not_exist().
SEEN = {
    "ministack": ([], ["with", "without"], ["without"]),
    "moto": (["without"], ["with"], ["without"]),
}
seen = {}
print(f"PynamoDB {pynamodb.__version__}")
for port, name in enumerate(SEEN, 14586):
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.2)

    class Row(Model):
        class Meta:
            table_name, region, billing_mode = "rows", "eu-central-1", "PAY_PER_REQUEST"
            host = f"http://127.0.0.1:{port}"

        part = UnicodeAttribute(hash_key=True)
        name = UnicodeAttribute(range_key=True)
        note = UnicodeAttribute(null=True)

    Row.create_table(wait=True)
    Row("q", "without", note=None).save()
    Row("q", "with", note="hello").save()
    conditions = (Row.note == None, Row.note != None, Row.note.does_not_exist())
    seen[name] = tuple([row.name for row in Row.query("q", filter_condition=each)] for each in conditions)
    for condition, found in zip(conditions, seen[name]):
        print(f"  {name:<10} {condition!s:<35} {found}")
sys.exit(0 if seen == SEEN else 1)
PY
moto/bin/python none.py
