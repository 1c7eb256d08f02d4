"""The settings of every stage: the laptop needs nothing, production refuses to guess."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "IVENT_STAGE": "production",
    "SECRET_KEY": "s" * 50,
    "PUBLIC_URL": "https://events.example.org",
    "ALLOWED_HOSTS": "events.example.org",
    "AWS_REGION": "eu-central-1",
    "RESOURCE_PREFIX": "ivent-production",
    "EVENTS_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:ivent-production-events",
    "FANOUT_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/fanout",
    "REQUESTS_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/requests",
    "FEEDBACK_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/feedback",
    "COGNITO_USER_POOL_ID": "eu-central-1_Example",
    "COGNITO_CLIENT_IDS": "client-1,client-2",
    "ORGANISATION": "Example e.V.",
    "POSTAL_ADDRESS": "1 Example Street",
    "SENDER_EMAIL": "events@example.org",
    "UNSUBSCRIBE_EMAIL": "leave@example.org",
    "SES_CONFIGURATION_SET": "ivent",
}
# Every setting in capitals, as far as JSON can say it.
DUMP = """
import json
from ivent_site import settings
values = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
print(json.dumps(values, default=str))
"""


def run(environ, code=DUMP):
    """The code in a process of its own with nothing but this environment."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=only(environ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def only(environ):
    """The environment, and what a program needs to be found."""
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | environ


def settings_of(environ):
    """The settings as they are read with nothing but this environment; a process takes longer."""
    with mock.patch.dict(os.environ, only(environ), clear=True):
        values = runpy.run_path(str(ROOT / "ivent_site" / "settings.py"))
    in_capitals = {name: value for name, value in values.items() if name.isupper()}
    return json.loads(json.dumps(in_capitals, default=str))


def refusal_of(environ):
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_of(environ)
    return f"django.core.exceptions.ImproperlyConfigured: {refused.value}"


@pytest.fixture(scope="module")
def production():
    done = run(PRODUCTION)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_production_starts_with_everything_set(production):
    assert production["LOCAL"] is False
    assert production["DEBUG"] is False
    assert production["COGNITO_CLIENT_IDS"] == ["client-1", "client-2"]
    assert production["COGNITO_JWKS_URL"] == (
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example/.well-known/jwks.json"
    )


def test_production_talks_to_aws_itself_with_the_roles_keys(production):
    assert production["AWS_ENDPOINT_URL"] is None
    assert production["AWS_LOCAL_KEYS"] == {}


def test_production_sends_in_bulk_at_the_rate_that_ses_allows(production):
    assert production["MAIL_TRANSPORT"] == "ses_bulk"
    assert production["MAIL_RATE"] == 0


def test_production_closes_its_cookies_and_insists_on_https(production):
    assert production["SESSION_COOKIE_SECURE"] is True
    assert production["CSRF_COOKIE_SECURE"] is True
    assert production["SESSION_COOKIE_HTTPONLY"] is True
    assert production["SECURE_HSTS_SECONDS"] >= 31536000


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"IVENT_STAGE"}))
def test_production_refuses_to_start_without_a_value_and_names_it(name):
    environ = {key: value for key, value in PRODUCTION.items() if key != name}

    assert refusal_of(environ) == (
        f"django.core.exceptions.ImproperlyConfigured: {name} is not set."
    )


def test_debug_cannot_be_switched_on_in_production():
    assert settings_of({**PRODUCTION, "DEBUG": "true"})["DEBUG"] is False


def test_production_takes_no_endpoint_from_the_laptops_variable():
    values = settings_of({**PRODUCTION, "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})

    assert values["AWS_ENDPOINT_URL"] is None


def test_a_secret_that_is_too_short_is_refused_and_not_repeated():
    done = run({**PRODUCTION, "SECRET_KEY": "hunter2"})

    assert "SECRET_KEY must have at least 32 characters." in done.stderr
    assert "hunter2" not in done.stderr


def test_production_without_https_is_refused():
    assert "PUBLIC_URL must be an https URL" in refusal_of(
        {**PRODUCTION, "PUBLIC_URL": "http://events.example.org"}
    )


def test_the_laptop_needs_no_environment_and_never_reaches_aws(tmp_path):
    values = settings_of({"IVENT_LOCAL_DIR": str(tmp_path)})

    assert values["LOCAL"] is True
    assert values["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert set(values["AWS_LOCAL_KEYS"].values()) == {"test"}
    assert values["MAIL_TRANSPORT"] == "ses_raw"


def test_the_laptop_ignores_an_empty_endpoint(tmp_path):
    environ = {"IVENT_LOCAL_DIR": str(tmp_path), "AWS_ENDPOINT_URL": ""}

    assert settings_of(environ)["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"


def test_what_the_laptop_made_is_read_from_its_outputs(tmp_path):
    (tmp_path / "outputs.json").write_text(
        json.dumps({"COGNITO_USER_POOL_ID": "eu-central-1_Made", "COGNITO_CLIENT_IDS": "made"})
    )

    values = settings_of({"IVENT_LOCAL_DIR": str(tmp_path)})

    assert values["COGNITO_CLIENT_IDS"] == ["made"]
    assert values["COGNITO_JWKS_URL"] == (
        "http://127.0.0.1:4566/eu-central-1_Made/.well-known/jwks.json"
    )


def test_a_lambda_is_never_local():
    assert refusal_of({"AWS_LAMBDA_FUNCTION_NAME": "ivent-web"}) == (
        "django.core.exceptions.ImproperlyConfigured: "
        "IVENT_STAGE is not set: a Lambda never runs as local."
    )


def test_pages_stand_at_the_root_of_a_domain_of_ones_own(production):
    assert production["FORCE_SCRIPT_NAME"] == ""
    assert production["STATIC_URL"] == "/static/"


def test_pages_stand_under_the_path_of_api_gateways_stage():
    behind = settings_of(PRODUCTION | {"PUBLIC_URL": "https://abc.example.org/dev"})
    assert behind["FORCE_SCRIPT_NAME"] == "/dev"
    assert behind["STATIC_URL"] == "/dev/static/"
    assert behind["PUBLIC_ORIGIN"] == "https://abc.example.org"
    # An origin has no path: with one, every form would be refused.
    assert behind["CSRF_TRUSTED_ORIGINS"] == ["https://abc.example.org"]


def test_the_worker_loads_nothing_of_the_web():
    loaded = """
import sys
import django
django.setup()
import notifications.handlers
web = ("django.contrib", "rest_framework", "drf_spectacular", "unfold", "whitenoise")
print([name for name in sys.modules if name.startswith(web)])
"""
    done = run(
        PRODUCTION | {"IVENT_ROLE": "worker", "DJANGO_SETTINGS_MODULE": "ivent_site.settings"},
        loaded,
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
