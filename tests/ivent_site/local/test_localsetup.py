from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from pytest_django import Settings

from events.tables import EventRow
from ivent_site.local.clients import client
from ivent_site.local.outputs import read_outputs
from notifications.tables import AnnouncementRow
from subscriptions.tables import SubscriptionRow

MARK = "/ivent-test/sample-data"


@pytest.fixture
def laptop(aws: None, tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A laptop at its first start."""
    settings.LOCAL_DIR, settings.LOCAL_OUTPUTS = tmp_path, tmp_path / "outputs.json"
    yield tmp_path
    client("ssm").delete_parameter(Name=MARK)


def _set_up() -> None:
    call_command("localsetup", "--mail-sink-port=25")


def _rows() -> tuple[list[dict], list[dict]]:
    events = [row.attribute_values for row in EventRow.scan()]
    subscriptions = [row.attribute_values for row in SubscriptionRow.by_status.query("confirmed")]
    return sorted(events, key=lambda row: row["id"]), subscriptions


def test_the_first_start_leaves_no_page_empty_and_mails_nobody(laptop: Path) -> None:
    _set_up()

    events, subscriptions = _rows()
    assert Counter(row["status"] for row in events) == {
        "published": 3,
        "draft": 1,
        "cancelled": 1,
    }
    assert len({row["timezone"] for row in events}) == 5
    assert [row["all_day"] for row in events].count(True) == 2
    assert not [row for row in events if "announce_version" in row]
    assert len(subscriptions) == 30
    assert {row["locale"] for row in subscriptions} == {"en", "en-gb", "de", "fr", "es"}
    announced = list(AnnouncementRow.by_state.query("done"))
    assert len(announced) == 3
    shards = [shard for row in announced for shard in row.shards.as_dict().values()]
    assert {shard["audience"] for shard in shards} == {0}


def test_the_second_start_changes_nothing(laptop: Path) -> None:
    _set_up()
    before = _rows(), read_outputs()

    _set_up()

    assert (_rows(), read_outputs()) == before


def test_a_first_start_that_was_cut_off_is_made_good(laptop: Path) -> None:
    _set_up()
    before = _rows()
    client("ssm").delete_parameter(Name=MARK)

    _set_up()

    assert _rows() == before


def test_the_state_of_another_version_is_refused_with_what_to_do(
    laptop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_up()
    monkeypatch.setattr(SubscriptionRow.by_shard.Meta.projection, "non_key_attributes", ["email"])
    with pytest.raises(CommandError, match="Remove the folder") as refused:
        _set_up()
    assert SubscriptionRow.Meta.table_name in str(refused.value)
    assert str(laptop) in str(refused.value)
    assert EventRow.Meta.table_name not in str(refused.value)


def test_other_commands_find_the_system_by_what_is_written(laptop: Path) -> None:
    _set_up()

    outputs = read_outputs()
    assert outputs["AWS_ENDPOINT_URL"] == project.AWS_ENDPOINT_URL
    assert outputs["PUBLIC_URL"] == project.PUBLIC_URL
    assert outputs["COGNITO_HOSTED_URL"] == project.AWS_ENDPOINT_URL
    assert outputs["COGNITO_USER_POOL_ID"].startswith("eu-central-1_")
    assert outputs["COGNITO_CLIENT_IDS"]
    assert outputs["MAIL_SINK_PORT"] == "25"
