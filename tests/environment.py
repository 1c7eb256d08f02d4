"""A pytest plugin, loaded first: where the tests' own local AWS will be.

It runs before Django's settings are read, in every worker process.
"""

import os
import tempfile

from ivent_site.local.ports import free_port

PORT = free_port()
# Where the local SES relays to; a test that wants the mails listens there.
SMTP_PORT = free_port()

os.environ["IVENT_STAGE"] = "local"
os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{PORT}"
os.environ["AWS_REGION"] = "eu-central-1"
os.environ["RESOURCE_PREFIX"] = "ivent-test"
os.environ["IVENT_LOCAL_DIR"] = tempfile.mkdtemp(prefix="ivent-test-")
os.environ["KEEP_DELIVERIES"] = "false"
# What is published is announced at once.
os.environ["UNDO_WINDOW_S"] = "0"
os.environ["PUBLIC_URL"] = "https://ivent.example"
