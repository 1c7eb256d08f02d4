"""Stops and deaths: nothing is lost, nothing is doubled."""

import os
import signal
import subprocess
import sys

import pytest

from .people import publish, subscribe, told
from .system import BASE_DIR, System, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_a_restart_keeps_events_and_subscribers_and_loads_no_sample_twice(
    own_system: System,
) -> None:
    system = own_system
    editor = system.token("editor")
    subscribe(system, "stays@example.com", token=editor)
    event = publish(system, token=editor, title="Before the restart", status="draft")
    before = system.call("GET", "/events", token=editor).json

    assert system.stop(signal.SIGINT) == 0
    assert system.status("/healthz") == 0
    system.start()

    editor = system.token("editor")
    assert system.call("GET", "/events", token=editor).json == before
    published = system.call(
        "PATCH",
        f"/events/{event['id']}",
        {"version": event["version"], "status": "published"},
        token=editor,
    )
    assert published.status == 200, published.text
    told(system, event["id"], "published", token=editor)
    got = system.recipients(about="Before the restart")
    assert len(got) == 31
    assert set(got.values()) == {1}


def test_what_was_under_way_at_a_stop_is_delivered_after_the_next_start(
    own_system: System,
) -> None:
    system = own_system
    editor = system.token("editor")
    event = publish(system, token=editor, title="Under way")

    assert system.stop() == 0
    system.start()

    told(system, event["id"], "published", token=system.token("editor"))
    got = system.recipients(about="Under way")
    assert len(got) == 30
    assert set(got.values()) == {1}


@pytest.mark.parametrize("after_mails", [1, 8, 20])
def test_a_runner_killed_on_its_way_loses_nobody_and_doubles_nobody(
    own_system: System, after_mails: int
) -> None:
    system = own_system
    event = publish(system, token=system.token("editor"), title="Cut off")
    eventually(lambda: len(system.mails(about="Cut off")) >= after_mails)

    assert system.kill_child("localrunner") != 0
    assert "localrunner" in system.terminal()
    system.start()

    told(system, event["id"], "published", token=system.token("editor"), within_s=120)
    got = system.recipients(about="Cut off")
    assert len(got) == 30
    assert set(got.values()) == {1}


def test_no_child_outlives_a_killed_supervisor(own_system: System) -> None:
    system = own_system
    children = [system.child(name) for name in ("ministack", "localrunner", "localweb")]
    assert system.stop(signal.SIGKILL) == -signal.SIGKILL

    def all_gone() -> bool:
        return not any(_lives(child) for child in children)

    eventually(all_gone)
    system.start()
    assert system.status("/admin/login/") == 200


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("name", ["PORT", "AWS_PORT"])
def test_a_taken_port_is_one_clear_line(system: System, tmp_path, name: str) -> None:
    free = System(tmp_path)
    environ = {**free.environ, name: system.environ[name]}

    refused = subprocess.run(
        [sys.executable, "manage.py", "runlocal"],
        cwd=BASE_DIR,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr == (
        f"CommandError: Port {environ[name]} is taken. Choose another: make run {name}=…\n"
    )


def test_a_second_start_on_the_same_state_is_refused(system: System) -> None:
    other = System(system.directory)

    refused = subprocess.run(
        [sys.executable, "manage.py", "runlocal"],
        cwd=BASE_DIR,
        env=other.environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr.startswith("CommandError: It runs already")
