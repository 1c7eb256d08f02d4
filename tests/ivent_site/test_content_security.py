"""What the browser is told a page may load."""

from typing import Any

import pytest
from django.test import Client


def policy(response: Any) -> dict[str, set[str]]:
    directives = response.headers["Content-Security-Policy"].split("; ")
    return {name: set(sources) for name, *sources in (each.split() for each in directives)}


@pytest.mark.parametrize("path", ["/subscribe", "/docs", "/healthz", "/nowhere"])
def test_a_page_runs_only_scripts_of_its_own_files(path: str, aws: None) -> None:
    found = policy(Client().get(path))
    assert found["default-src"] == {"'self'"}
    assert "script-src" not in found
    assert found["frame-ancestors"] == found["object-src"] == {"'none'"}


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/events/event/", "/admin/nowhere/"])
def test_the_admin_may_evaluate_but_runs_no_script_in_the_page(path: str, aws: None) -> None:
    assert policy(Client().get(path))["script-src"] == {"'self'", "'unsafe-eval'"}


def test_the_api_s_description_is_shown_without_a_script_in_the_page(aws: None) -> None:
    assert b"<script>" not in Client().get("/docs").content


def test_forms_lead_nowhere_but_here_and_to_the_sign_in_page(settings: Any, aws: None) -> None:
    hosted = {settings.COGNITO_HOSTED_URL} if settings.COGNITO_HOSTED_URL else set()
    assert policy(Client().get("/subscribe"))["form-action"] == {"'self'", *hosted}
