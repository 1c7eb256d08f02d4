from io import StringIO
from pathlib import Path

import jwt
import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ivent_site.local.outputs import write_outputs
from ivent_site.local.ports import free_port
from ivent_site.local.user_pool import create_user_pool


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, settings: Settings) -> None:
    settings.LOCAL_DIR, settings.LOCAL_OUTPUTS = tmp_path, tmp_path / "outputs.json"


@pytest.fixture
def running(aws: None, directory: None) -> None:
    pool = create_user_pool(callback_urls=["http://localhost/"], logout_urls=["http://localhost/"])
    write_outputs(
        {
            "AWS_ENDPOINT_URL": str(project.AWS_ENDPOINT_URL),
            "COGNITO_CLIENT_IDS": pool.client_id,
        }
    )


def _token(*arguments: str) -> dict:
    out = StringIO()
    call_command("local_token", *arguments, stdout=out)
    return jwt.decode(out.getvalue().strip(), options={"verify_signature": False})


@pytest.mark.parametrize("user", ["editor", "editor@example.com"])
def test_a_person_gets_an_id_token(running: None, user: str) -> None:
    claims = _token(user)

    assert claims["token_use"] == "id"
    assert claims["email"] == "editor@example.com"
    assert claims["cognito:groups"] == ["editors"]


def test_a_person_gets_an_access_token(running: None) -> None:
    assert _token("member", "--access")["token_use"] == "access"


def test_who_is_not_there_gets_none(running: None) -> None:
    with pytest.raises(CommandError, match=r"There is no nobody@example\.com"):
        _token("nobody")


def test_nothing_is_given_before_the_first_start() -> None:
    with pytest.raises(CommandError, match="not running"):
        _token("admin")


def test_nothing_is_given_after_the_stop() -> None:
    write_outputs(
        {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}", "COGNITO_CLIENT_IDS": "gone"}
    )

    with pytest.raises(CommandError, match="not running"):
        _token("admin")


def test_cognito_s_refusal_is_told(running: None) -> None:
    write_outputs(
        {"AWS_ENDPOINT_URL": str(project.AWS_ENDPOINT_URL), "COGNITO_CLIENT_IDS": "another"}
    )

    with pytest.raises(CommandError, match="Cognito refuses admin@example"):
        _token("admin")
