"""Stops and deaths: nothing is lost, nothing is doubled."""

import os
import signal
import subprocess
import sys

import pytest

from .people import everybody_once, publish, subscribe, told
from .system import BASE_DIR, System, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]


def test_a_restart_keeps_everything_and_delivers_what_was_under_way(system: System) -> None:
    editor = system.token("editor")
    subscribe(system, "stays@example.com", token=editor)
    draft = publish(system, token=editor, title="Draft of before", status="draft")
    event = publish(system, token=editor, title="Under way")

    assert system.stop(signal.SIGINT) == 0
    assert system.status("/healthz") == 0
    system.start()

    editor = system.token("editor")
    assert system.call("GET", f"/events/{draft['id']}", token=editor).json == draft
    told(system, event["id"], "published", token=editor)
    everybody_once(system, about="Under way")
    assert "stays@example.com" in system.recipients(about="Under way")
    samples = system.call("GET", "/subscriptions?status=confirmed", token=system.token("admin"))
    assert [row["email"] for row in samples.json["results"]].count("ada@example.com") == 1


@pytest.mark.parametrize("after_mails", [2, 15])
def test_a_runner_killed_on_its_way_loses_nobody_and_doubles_nobody(
    system: System, after_mails: int
) -> None:
    title = f"Cut off after {after_mails}"
    event = publish(system, token=system.token("editor"), title=title)
    eventually(lambda: len(system.mails(about=title)) >= after_mails)

    assert system.kill_child("localrunner") == 1
    assert "localrunner ended with code -9" in system.terminal()
    system.start()

    told(system, event["id"], "published", token=system.token("editor"), within_s=120)
    everybody_once(system, about=title)


def test_no_child_outlives_a_killed_supervisor_and_the_state_is_kept(system: System) -> None:
    editor = system.token("editor")
    draft = publish(system, token=editor, title="Survivor", status="draft")
    children = [system.child(name) for name in ("ministack", "localrunner", "localweb")]

    assert system.stop(signal.SIGKILL) == -signal.SIGKILL
    eventually(lambda: not any(_lives(child) for child in children))
    system.start()

    assert system.call("GET", f"/events/{draft['id']}", token=editor).json == draft


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

    refused = _refused_start(environ)

    assert refused.returncode == 1
    assert refused.stderr == (
        f"CommandError: Port {environ[name]} is taken. Choose another: make run {name}=…\n"
    )


def test_a_second_start_on_the_same_state_is_refused(system: System) -> None:
    other = System(system.directory)

    refused = _refused_start(other.environ)

    assert refused.returncode == 1
    assert refused.stderr.startswith("CommandError: It runs already")


def _refused_start(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "runlocal"],
        cwd=BASE_DIR,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
