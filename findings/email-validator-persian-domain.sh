#!/usr/bin/env bash
# email-validator refuses domains that need a zero-width (non-)joiner, even in their ASCII form.
#
# Expected: accepted. IDNA 2008 (RFC 5892, appendix A.1 and A.2) allows U+200C and U+200D where the
# script joins, as Persian and Hindi do; registries sell such names.
# Found: "unsafe characters", also for the xn-- form, which is plain ASCII on the wire.
# In Ivent: subscriptions/addresses.py takes the domain from the idna package in this case.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check email-validator==2.4.0 idna==3.20
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import idna
from email_validator import EmailNotValidError, validate_email

print("email-validator", version("email-validator"), "with idna", version("idna"))
found = []
for domain in ("نامه\u200cای.com", "क्\u200dष.com"):
    ascii_domain = idna.encode(domain, uts46=True).decode()
    print("IDNA 2008 accepts", ascii(domain), "as", ascii_domain)
    for form in (domain, ascii_domain):
        try:
            validate_email(f"ana@{form}", check_deliverability=False)
            found.append("accepted")
        except EmailNotValidError as err:
            found.append("refused")
            print(f"  ana@{ascii(form)}: expected accepted, found refused: {err}")
raise SystemExit(found != ["refused"] * 4)
PYTHON
