import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from ivent_site.dynamodb.tables import all_rows
from ivent_site.local.outputs import write_outputs
from ivent_site.local.readiness import FRESH_S, MAIL_SINK_PORT, runner_heartbeat
from ivent_site.zones import iana_version
from tests.dynamodb_calls import dynamodb_calls


@pytest.fixture(autouse=True)
def laptop(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A laptop whose runner lives and whose mail sink listens."""
    settings.LOCAL_DIR, settings.LOCAL_OUTPUTS = tmp_path, tmp_path / "outputs.json"
    with socket.create_server(("127.0.0.1", 0)) as sink:
        write_outputs({MAIL_SINK_PORT: str(sink.getsockname()[1])})
        runner_heartbeat().touch()
        yield tmp_path


def test_ready_when_everything_is(aws: None, client: Client) -> None:
    with dynamodb_calls() as calls:
        reply = client.get("/healthz")

    assert reply.status_code == 200
    assert reply.json() == {"status": "ok", "zones": iana_version()}
    assert calls == {"BatchGetItem": 1}
    assert "no-store" in reply["Cache-Control"]


def test_a_missing_table_is_named(
    aws: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Missing:
        class Meta:
            table_name = "ivent-test-missing"

        @staticmethod
        def get_attributes() -> dict:
            return {}

    rows = [*all_rows(), Missing]
    monkeypatch.setattr("ivent_site.dynamodb.health.all_rows", lambda: iter(rows))

    reply = client.get("/healthz")

    assert reply.status_code == 503
    assert reply.json() == {
        "status": "not ready",
        "not_ready": ["tables"],
        "zones": iana_version(),
    }


def test_a_runner_that_does_not_live_is_named(aws: None, client: Client) -> None:
    long_ago = time.time() - FRESH_S - 1
    os.utime(runner_heartbeat(), (long_ago, long_ago))
    assert client.get("/healthz").json()["not_ready"] == ["runner"]

    runner_heartbeat().unlink()
    assert client.get("/healthz").json()["not_ready"] == ["runner"]


def test_a_mail_sink_that_does_not_listen_is_named(aws: None, client: Client, laptop: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    write_outputs({MAIL_SINK_PORT: str(port)})
    assert client.get("/healthz").json()["not_ready"] == ["mail sink"]

    (laptop / "outputs.json").unlink()
    assert client.get("/healthz").json()["not_ready"] == ["mail sink"]


def test_elsewhere_only_the_tables_count(
    aws: None, client: Client, laptop: Path, settings: Settings
) -> None:
    settings.LOCAL = False
    (laptop / "outputs.json").unlink()

    assert client.get("/healthz").status_code == 200


def test_it_is_there_to_be_read(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
