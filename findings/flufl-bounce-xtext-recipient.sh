#!/usr/bin/env bash
# A delivery status notification repeats the sender's ORCPT as Original-Recipient, which SMTP carries in
# xtext: "+" is written "+2B" (RFC 3461, sections 4 and 4.2). The Final-Recipient is the address that
# failed.
#
# Expected: flufl.bounce gives the address that failed, ana+news@example.com.
# Seen:     it prefers Original-Recipient and leaves the xtext as it is: ana+2Bnews@example.com, which
#           is nobody's address. Without the field it gives the right one.
# Ivent:    takes bounces from SES's events only, by the message's own tags, and an address only where
#           there are none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "flufl.bounce==6.0.0" \
    2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 1; }
echo "flufl.bounce $("$folder/venv/bin/pip" show flufl.bounce 2> /dev/null | sed -n 's/^Version: //p')"
cat > "$folder/orcpt.py" <<'PY'
import sys
from email import message_from_string

from flufl.bounce import all_failures

DSN = """\
From: MAILER-DAEMON@mx.example.net
To: bounce@example.org
Subject: Undelivered mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

The message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

{original}Final-Recipient: rfc822; ana+news@example.com
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

From: events@example.org

--b--
"""
seen = []
for original in ("", "Original-Recipient: rfc822; ana+2Bnews@example.com\n"):
    temporary, permanent = all_failures(message_from_string(DSN.format(original=original)))
    seen.append(sorted(permanent))
    print(f"  {'with' if original else 'without'} Original-Recipient: {seen[-1]}")
sys.exit(0 if seen == [[b"ana+news@example.com"], [b"ana+2Bnews@example.com"]] else 1)
PY
"$folder/venv/bin/python" "$folder/orcpt.py"
