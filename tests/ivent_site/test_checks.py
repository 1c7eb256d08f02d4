"""What `manage.py check --deploy` finds."""

import zoneinfo

import pytest
from django.core.checks import Tags, run_checks

from ivent_site.checks import check_stage, check_zone_rules, tell_zone_rules
from ivent_site.zones import iana_version, use_locked_rules


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


def test_the_locked_rules_pass_and_are_named():
    assert check_zone_rules(None) == []
    assert [message.msg for message in tell_zone_rules(None)] == [
        f"Time zone rules: IANA {iana_version()}."
    ]


def test_rules_from_elsewhere_are_an_error(tmp_path):
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    try:
        assert [message.id for message in check_zone_rules(None)] == ["ivent.E007"]
    finally:
        use_locked_rules()
    assert zoneinfo.TZPATH == ()


def test_another_version_than_the_locked_one_is_an_error(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    assert check_zone_rules(None) == []
    (tmp_path / "requirements.txt").write_text("pytz==1\ntzdata==2020.1 \\\n    --hash=x\n")
    (error,) = check_zone_rules(None)
    assert (error.id, "requirements.txt has 2020.1" in error.msg) == ("ivent.E008", True)
