#!/usr/bin/env bash
# The documentation of email.policy.Policy.max_line_length says that 0 or None mean “no line wrapping
# should be done at all”. Headers follow it; set_content uses the number as it is.
#
# Expected: an EmailMessage with policy.SMTP.clone(max_line_length=None) takes any text, unwrapped.
# Seen:     set_content raises TypeError for None and ValueError for 0, whatever the text; headers
#           with the same policies are written in one line.
# Ivent:    its stand-in for SES asks for lines of 998 characters instead.
#
# Needs nothing but Python (3.11, 3.12 or 3.13): the package is the standard library's.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv --without-pip "$folder/venv"
cat > "$folder/wrapping.py" <<'PY'
import sys
from email.message import EmailMessage
from email.policy import SMTP

print("Python", sys.version.split()[0])
seen = []
for length in (None, 0, 998):
    message = EmailMessage(policy=SMTP.clone(max_line_length=length))
    message["Subject"] = "word " * 60 + "end"
    longest = max(map(len, message.as_bytes().split(b"\r\n")))
    for text in ("plain", "Grüße"):
        try:
            message.set_content(text)
            result = "taken"
        except (TypeError, ValueError) as err:
            result = f"{type(err).__name__}: {err}"
        print(f"  max_line_length={length}: header of {longest}, {text!r} {result}")
        seen.append(result.partition(":")[0])
sys.exit(0 if seen == ["TypeError"] * 2 + ["ValueError"] * 2 + ["taken"] * 2 else 1)
PY
"$folder/venv/bin/python" "$folder/wrapping.py"
