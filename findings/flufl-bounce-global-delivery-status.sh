#!/usr/bin/env bash
# A notification about a message with internationalised addresses comes as
# message/global-delivery-status (RFC 6533). It has the same fields as message/delivery-status, also for
# plain ASCII recipients.
#
# Expected: flufl.bounce finds the failed recipient, as it does in message/delivery-status.
# Seen:     it finds none, neither temporary nor permanent, for it looks for the older type only. The
#           standard library is a reason: it splits only message/delivery-status into its blocks, and
#           leaves the recipient's fields in the body of the first one.
# Ivent:    takes bounces from SES's events only, which are JSON.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "flufl.bounce==6.0.0" \
    2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 1; }
echo "flufl.bounce $("$folder/venv/bin/pip" show flufl.bounce 2> /dev/null | sed -n 's/^Version: //p')"
cat > "$folder/global.py" <<'PY'
import sys
from email import message_from_string

from flufl.bounce import all_failures

DSN = """\
From: MAILER-DAEMON@mx.example.net
To: bounce@example.org
Subject: Undelivered mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

The message could not be delivered.

--b
Content-Type: message/{kind}

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ana@example.com
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

From: events@example.org

--b--
"""
print("Python", sys.version.split()[0])
seen = {}
for kind in ("delivery-status", "global-delivery-status"):
    message = message_from_string(DSN.format(kind=kind))
    temporary, permanent = all_failures(message)
    blocks = message.get_payload()[1].get_payload()
    fields = [[*block.keys()] for block in blocks]
    seen[kind] = (sorted(permanent), len(temporary), len(blocks))
    print(f"  message/{kind}: failures {seen[kind][0]}, blocks {fields}")
wanted = {
    "delivery-status": ([b"ana@example.com"], 0, 2),
    "global-delivery-status": ([], 0, 1),
}
sys.exit(0 if seen == wanted else 1)
PY
"$folder/venv/bin/python" "$folder/global.py"
