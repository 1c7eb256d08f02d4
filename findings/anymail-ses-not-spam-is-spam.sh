#!/usr/bin/env bash
# A feedback report of the type "not-spam" says that its sender does not consider the message spam
# (RFC 6430); "auth-failure" (RFC 6591) is a machine's report on SPF, DKIM or DMARC. SES passes both on
# as a Complaint event with complaintFeedbackType.
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-complaint-object
#
# Expected: django-anymail's tracking event does not call "not-spam" a spam complaint.
# Seen:     each of them is EventType.COMPLAINED with RejectReason.SPAM; only the description differs.
#           A receiver that unsubscribes on "complained" loses the readers who press "not spam".
# Ivent:    a table says of each type what becomes of the subscriber; these leave the subscription as it is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    "django-anymail==15.2" "django==5.2.19" "boto3==1.43.106" 2> "$folder/pip.log" \
    || { cat "$folder/pip.log"; exit 1; }
cat > "$folder/complaint.py" <<'PY'
import sys
import warnings

import anymail
import django
from django.conf import settings

warnings.simplefilter("ignore")
settings.configure(ANYMAIL={}, SECRET_KEY="x", USE_TZ=True, INSTALLED_APPS=["anymail"])
django.setup()
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView

view = AmazonSESTrackingWebhookView()
print("django-anymail", anymail.__version__)
seen = {}
for kind in ("abuse", "not-spam", "auth-failure"):
    event = {
        "eventType": "Complaint",
        "complaint": {
            "complainedRecipients": [{"emailAddress": "ana@example.com"}],
            "timestamp": "2026-11-01T12:00:00.000Z",
            "feedbackId": "f",
            "complaintFeedbackType": kind,
            "complaintSubType": None,
        },
        "mail": {
            "messageId": "m",
            "timestamp": "2026-11-01T11:00:00.000Z",
            "source": "events@example.org",
            "destination": ["ana@example.com"],
            "tags": {},
        },
    }
    (found,) = view.esp_to_anymail_events(event, {"MessageId": "1"})
    seen[kind] = (found.event_type, found.reject_reason)
    print(f"  {kind}: event_type={found.event_type}, reject_reason={found.reject_reason}")
sys.exit(0 if set(seen.values()) == {("complained", "spam")} else 1)
PY
"$folder/venv/bin/python" "$folder/complaint.py"
