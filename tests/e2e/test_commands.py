"""The commands that README and docs name, in a second terminal beside `make run`."""

import json

import pytest

from .people import subscribe
from .system import System

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]


def test_what_is_stored_about_a_subscriber_is_exported_and_erased(system: System) -> None:
    email = "commands@example.com"
    subscribe(system, email, token=system.token("member@example.com"))

    exported = system.manage("person_export", email)
    assert email in json.dumps(json.loads(exported.stdout))
    assert email in system.manage("export_subscribers").stdout

    assert system.manage("person_erase", email, "--yes").returncode == 0
    assert system.manage("person_export", email).returncode != 0
    assert email not in system.manage("export_subscribers").stdout


def test_counters_are_right_without_a_recount(system: System) -> None:
    done = system.manage("recount")

    assert done.returncode == 0, done.stderr
    assert system.manage("recount").stdout == done.stdout


def test_no_subscriber_was_stopped_by_an_email_set_up_of_our_own(system: System) -> None:
    done = system.manage("restore_setup_stops", "--by", "ops", "--count")

    assert (done.returncode, done.stdout) == (0, "0 stopped\n"), done.stderr


@pytest.mark.parametrize("action", ["list", "send_back"])
def test_dead_letters_are_listed_and_sent_back(system: System, action: str) -> None:
    done = system.manage("dead_letters", action, "fanout")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["reindex_subscribers"],
        ["recover_clocks", "--dry-run"],
        ["recover_clocks"],
        ["restore_setup_stops", "--by", "admin@example.com"],
    ],
)
def test_commands_of_after_a_repair_can_be_repeated(system: System, command: list[str]) -> None:
    for _ in range(2):
        done = system.manage(*command)
        assert done.returncode == 0, done.stderr
