#!/usr/bin/env bash
# An address on the account's suppression list: SES accepts the message, does not send it, publishes a
# Bounce of the subtype OnAccountSuppressionList, and counts it for no bounce rate.
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-bounce-object
#
# Expected: django-anymail's EventType.REJECTED, which it defines as "the ESP refused to send the msg
#           (e.g., suppression list)".
# Seen:     it is EventType.BOUNCED with RejectReason.BOUNCED, as for a mailbox that does not exist: who
#           counts "bounced" gets a rate that SES does not see, and may pause for nothing.
# Ivent:    stops the subscriber, counts it for no rate and no breaker, and says that SES suppresses
#           the address.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    "django-anymail==15.2" "django==5.2.19" "boto3==1.43.106" 2> "$folder/pip.log" \
    || { cat "$folder/pip.log"; exit 1; }
cat > "$folder/bounce.py" <<'PY'
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
for subtype in ("NoEmail", "OnAccountSuppressionList"):
    event = {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": subtype,
            "bouncedRecipients": [{"emailAddress": "ana@example.com", "status": "5.1.1"}],
            "timestamp": "2026-11-01T12:00:00.000Z",
            "feedbackId": "f",
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
    seen[subtype] = (found.event_type, found.reject_reason)
    print(f"  {subtype}: event_type={found.event_type}, reject_reason={found.reject_reason}")
sys.exit(0 if set(seen.values()) == {("bounced", "bounced")} else 1)
PY
"$folder/venv/bin/python" "$folder/bounce.py"
