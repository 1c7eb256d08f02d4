"""What `manage.py check --deploy` finds."""

import pytest
from django.core.checks import Tags, run_checks

from ivent_site.checks import check_stage


@pytest.fixture
def deployed(settings, monkeypatch):
    """Settings that may be deployed."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    settings.LOCAL = False
    settings.ALLOWED_HOSTS = ["events.example.org"]
    settings.PUBLIC_URL = "https://events.example.org"
    settings.COGNITO_USER_POOL_ID = "eu-central-1_Example"
    settings.COGNITO_CLIENT_IDS = ["client"]
    settings.COGNITO_HOSTED_URL = "https://sign-in.example.org"
    return settings


def test_good_settings_pass(deployed):
    assert check_stage(None) == []


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("LOCAL", True, "ivent.E001"),
        ("ALLOWED_HOSTS", ["events.example.org", "*"], "ivent.E002"),
        ("PUBLIC_URL", "http://events.example.org", "ivent.E003"),
        ("COGNITO_USER_POOL_ID", "", "ivent.E004"),
        ("COGNITO_CLIENT_IDS", [], "ivent.E004"),
        ("COGNITO_HOSTED_URL", "http://sign-in.example.org", "ivent.E005"),
    ],
)
def test_a_dangerous_setting_is_found(deployed, name, value, problem):
    setattr(deployed, name, value)

    assert [found.id for found in check_stage(None)] == [problem]


def test_calls_that_would_go_elsewhere_are_found(deployed, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")

    assert [found.id for found in check_stage(None)] == ["ivent.E006"]


def test_the_checks_run_before_a_deployment_only(settings):
    settings.ALLOWED_HOSTS = ["*"]
    deploying = run_checks(tags=[Tags.security], include_deployment_checks=True)
    starting = run_checks(tags=[Tags.security])

    assert "ivent.E002" in [found.id for found in deploying]
    assert "ivent.E002" not in [found.id for found in starting]
