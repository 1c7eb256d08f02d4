"""The tables as data, which Terraform makes them from."""

import json

from django.core.management import call_command

from ivent_site.dynamodb.management.commands import terraform_tables
from ivent_site.dynamodb.table_specs import table_specs


def test_a_table_is_told_with_its_keys_indexes_and_stream():
    events = table_specs()["events"]
    assert (events["hash_key"], events["range_key"]) == ("id", None)
    assert events["stream_view_type"] == "NEW_AND_OLD_IMAGES"
    assert events["indexes"]["by_due"] == {
        "hash_key": "due",
        "range_key": "due_key",
        "projection_type": "KEYS_ONLY",
        "non_key_attributes": None,
    }


def test_an_index_of_some_attributes_names_them():
    by_shard = table_specs()["subscriptions"]["indexes"]["by_shard"]
    assert by_shard["projection_type"] == "INCLUDE"
    assert {"email", "locale"} <= set(by_shard["non_key_attributes"])


def test_every_key_of_a_table_and_of_its_indexes_is_declared_and_nothing_else():
    for table in table_specs().values():
        keys = {
            key
            for each in (table, *table["indexes"].values())
            for key in (each["hash_key"], each["range_key"])
            if key is not None
        }
        assert set(table["attributes"]) == keys


def test_rows_that_share_a_table_share_its_time_to_live():
    assert table_specs()["feedback"]["ttl"] == "expires_at"
    assert table_specs()["subscriptions"]["ttl"] is None


def test_the_command_writes_the_file(tmp_path, monkeypatch, capsys):
    path = tmp_path / "tables.json"
    monkeypatch.setattr(terraform_tables, "PATH", path)
    call_command("terraform_tables")
    assert json.loads(path.read_text()) == table_specs()
    assert capsys.readouterr().out == f"Wrote {len(table_specs())} tables.\n"
