import os
import subprocess
import sys

from django.conf import settings

# What a stage on AWS has to set.
PRODUCTION = {
    "IVENT_STAGE": "prod",
    "SECRET_KEY": "x" * 50,
    "PUBLIC_URL": "https://events.example.org",
    "ALLOWED_HOSTS": "events.example.org",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "RESOURCE_PREFIX": "ivent-prod",
    "EVENTS_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:ivent-prod-events",
    "FANOUT_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/ivent-prod-fanout",
    "REQUESTS_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/ivent-prod-requests",
    "FEEDBACK_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/ivent-prod-feedback",
    "COGNITO_USER_POOL_ID": "eu-central-1_example",
    "COGNITO_CLIENT_IDS": "example",
    "ORGANISATION": "Example",
    "POSTAL_ADDRESS": "1 Example Street",
    "SENDER_EMAIL": "events@example.org",
    "UNSUBSCRIBE_EMAIL": "unsubscribe@example.org",
    "SES_CONFIGURATION_SET": "ivent-prod",
}
# In one process, for starting one takes its time.
TRIALS = """
import django
django.setup()
from django.core.management import CommandError, call_command
from django.urls import Resolver404, resolve, get_resolver, URLResolver

def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path)
        else:
            yield path

paths = list(patterns(get_resolver()))
assert "healthz" in paths
assert not [path for path in paths if "local" in path], paths
for path in ("/local/", "/local/mailbox/", "/local/mailbox.json"):
    try:
        raise SystemExit(f"{path} leads to {resolve(path)}")
    except Resolver404:
        print(path)
for command in (
    ["runlocal"],
    ["localrunner"],
    ["localweb", "--port=1"],
    ["localsetup", "--mail-sink-port=1"],
    ["local_token", "admin"],
    ["load_sample_events"],
    ["load_sample_subscriptions"],
):
    try:
        call_command(*command)
        raise SystemExit(f"{command} works")
    except CommandError:
        print(command[0])
"""


def test_no_local_address_and_no_local_command_exists_on_aws() -> None:
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "IVENT_", "PUBLIC_URL"))
    }
    done = subprocess.run(
        [sys.executable, "-c", TRIALS],
        cwd=settings.BASE_DIR,
        env={**environ, **PRODUCTION, "DJANGO_SETTINGS_MODULE": "ivent_site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        "/local/",
        "/local/mailbox/",
        "/local/mailbox.json",
        "runlocal",
        "localrunner",
        "localweb",
        "localsetup",
        "local_token",
        "load_sample_events",
        "load_sample_subscriptions",
    ]
