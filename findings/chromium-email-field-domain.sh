#!/usr/bin/env bash
# Chromium's <input type=email> sends mail for straße.de to strasse.de.
#
# Expected: xn--strae-oqa.de, the domain that was typed: IDNA 2008 and the URL standard keep ß, ς and
# the joiners, and Chromium's own address bar has done so since version 110.
# Found: the field's value is converted by the older, transitional rules, which name another domain.
# In Ivent: the field for addresses is type=text with inputmode=email.
#
# Needs Chromium (Debian: apt install chromium), or its path in CHROMIUM.
set -euo pipefail
export CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check playwright==1.65.2 idna==3.20
"$folder/venv/bin/python" - <<'PYTHON'
import os

import idna
from playwright.sync_api import sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
same = []
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=ARGUMENTS)
    print("Chromium", browser.version)
    page = browser.new_page()
    page.set_content("<input type=email>")
    for domain in ("straße.de", "βόλος.gr", "نامه\u200cای.com"):
        page.locator("input").fill("")
        page.locator("input").focus()
        page.keyboard.insert_text(f"ana@{domain}")
        field = page.locator("input").input_value().removeprefix("ana@")
        address_bar = page.evaluate("domain => new URL(`http://${domain}`).hostname", domain)
        wanted = idna.encode(domain, uts46=True).decode()
        print(f"{ascii(domain)}: IDNA 2008 {wanted}, URL in Chromium {address_bar}, field {field}")
        same.append((address_bar == wanted, field == wanted))
    browser.close()
print("expected the field to send the domain of the other two")
raise SystemExit(same != [(True, False)] * 3)
PYTHON
