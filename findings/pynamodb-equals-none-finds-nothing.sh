#!/usr/bin/env bash
# PynamoDB leaves an attribute that is None out of the item, and compiles `Row.note == None` into a
# comparison with DynamoDB's NULL value. An attribute that is not there equals nothing, so the
# condition misses exactly the rows that the same library wrote with None; `!= None` finds them all.
#
# Expected: `Row.note == None` finds the row that was saved with note=None, and `!= None` the other.
# Seen:     == finds nothing; != finds both; does_not_exist() finds the row (PynamoDB 6.1.0).
# Ivent:    conditions say exists() and does_not_exist(), never None.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pynamodb==6.1.0 'moto[dynamodb]==5.2.5'
cat > "$folder/none.py" <<'PY'
import os
import sys

os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-central-1"}
import pynamodb
from moto import mock_aws
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

with mock_aws():

    class Row(Model):
        class Meta:
            table_name, region, billing_mode = "rows", "eu-central-1", "PAY_PER_REQUEST"

        part = UnicodeAttribute(hash_key=True)
        name = UnicodeAttribute(range_key=True)
        note = UnicodeAttribute(null=True)

    Row.create_table()
    Row("q", "without", note=None).save()
    Row("q", "with", note="hello").save()

    def found(condition):
        return [row.name for row in Row.query("q", filter_condition=condition)]

    equal, unequal = found(Row.note == None), found(Row.note != None)
    absent = found(Row.note.does_not_exist())
print(f"PynamoDB {pynamodb.__version__}: {Row.note == None}")
print("  == None         ", equal)
print("  != None         ", unequal)
print("  does_not_exist()", absent)
sys.exit(0 if (equal, unequal, absent) == ([], ["with", "without"], ["without"]) else 1)
PY
"$folder/venv/bin/python" "$folder/none.py"
