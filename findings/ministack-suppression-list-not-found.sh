#!/usr/bin/env bash
# MiniStack lists SESv2 among its services, and takes PutAccountSuppressionAttributes. The calls for a
# single address of the suppression list it does not know, and says so with the very code that SES
# uses for an address that is not listed: NotFoundException, 404.
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetSuppressedDestination.html
#
# Expected: an address that was put on the list is found there; or an error that cannot be mistaken.
# Seen:     Put, Get and DeleteSuppressedDestination all raise NotFoundException, so code that takes
#           it for "not listed", as AWS documents, passes every test with the calls never made.
# Ivent:    tells the two apart by the message, and says on the subscriber's page that the local AWS
#           has no suppression list; its tests use a list of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    "ministack==1.5.33" "boto3==1.43.106" "botocore==1.43.106" 2> "$folder/pip.log" \
    || { cat "$folder/pip.log"; exit 1; }
cat > "$folder/list.py" <<'PY'
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
own = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0"}
server = subprocess.Popen(
    [Path(sys.executable).with_name("ministack")],
    env={**os.environ, **own, "LAMBDA_EXECUTOR": "local"},
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
seen = {}
try:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    ses = boto3.client(
        "sesv2",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="eu-central-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="x",
    )
    ses.put_account_suppression_attributes(SuppressedReasons=["BOUNCE", "COMPLAINT"])
    print("  PutAccountSuppressionAttributes: taken")
    for name, more in (
        ("put_suppressed_destination", {"Reason": "BOUNCE"}),
        ("get_suppressed_destination", {}),
        ("delete_suppressed_destination", {}),
    ):
        try:
            getattr(ses, name)(EmailAddress="ana@example.com", **more)
            seen[name] = "taken"
        except ClientError as err:
            seen[name] = err.response["Error"]["Code"]
            print(f"  {name}: {seen[name]}: {err.response['Error']['Message']}")
finally:
    server.terminate()
    server.wait()
sys.exit(0 if set(seen.values()) == {"NotFoundException"} and len(seen) == 3 else 1)
PY
echo "MiniStack $("$folder/venv/bin/pip" show ministack 2> /dev/null | sed -n 's/^Version: //p')"
"$folder/venv/bin/python" "$folder/list.py"
