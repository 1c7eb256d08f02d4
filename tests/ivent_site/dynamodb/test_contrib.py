"""Django's own models on the engine, its commands and checks."""

from io import StringIO

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import NotSupportedError, connection, models

from ivent_site.cognito.models import StaffUser
from ivent_site.dynamodb.contrib.log_rows import LogRow
from ivent_site.dynamodb.router import NoMigrations
from ivent_site.dynamodb.store import Path, Prefix, StaticStore, Store, bind, store_of
from ivent_site.dynamodb.tables import all_rows
from tests.dynamodb_calls import dynamodb_calls
from tests.ivent_site.dynamodb.books import make_books
from tests.ivent_site.dynamodb.library import Book, BookRow


@pytest.mark.usefixtures("library")
def test_an_objects_history_and_a_persons_actions_are_one_query_each() -> None:
    books = make_books(1, 2)
    for number in range(3):
        LogEntry.objects.log_actions("u1", books, CHANGE, [{"changed": {"fields": [str(number)]}}])
    content_type = ContentType.objects.get_for_model(Book)
    with dynamodb_calls() as calls:
        history = list(
            LogEntry.objects.filter(object_id="b0001", content_type=content_type).order_by(
                "action_time"
            )
        )
        recent = list(LogEntry.objects.filter(user__pk="u1")[:4])
    assert calls == {"Query": 2}
    assert [entry.get_change_message() for entry in history] == [
        f"Changed {number}." for number in range(3)
    ]
    assert [entry.object_id for entry in recent[:2]] == ["b0002", "b0001"]
    assert recent == sorted(recent, key=lambda entry: entry.action_time, reverse=True)


@pytest.mark.usefixtures("library")
def test_a_log_outlives_its_author() -> None:
    LogEntry.objects.log_actions("gone", make_books(1), CHANGE)
    entries = LogEntry.objects.select_related("user", "content_type")
    with dynamodb_calls() as calls:
        entry = entries.get(user_id="gone")
    assert entry.object_repr == "title 1"
    assert calls == {"Query": 1, "GetItem": 1}


@pytest.mark.usefixtures("library")
def test_log_keys_need_no_sequence_and_follow_time() -> None:
    LogEntry.objects.log_actions("u1", make_books(*range(50)), CHANGE)
    keys = [entry.pk for entry in LogEntry.objects.filter(user_id="u1")]
    assert len(set(keys)) == 50
    assert all(0 < key < 2**63 for key in keys)


def test_content_types_cost_nothing_and_are_the_same_in_every_process() -> None:
    ContentType.objects.clear_cache()
    with dynamodb_calls() as calls:
        found = ContentType.objects.get_for_model(StaffUser)
        assert ContentType.objects.get_for_id(found.pk) == found
        assert ContentType.objects.get_by_natural_key("cognito", "staffuser").pk == found.pk
        everything = ContentType.objects.get_for_models(*apps.get_models())
    assert calls == {}
    assert found.pk == 1412299950
    keys = [content_type.pk for content_type in everything.values()]
    assert len(keys) == len(set(keys)) == len(apps.get_models())


def test_permissions_and_groups_are_empty_and_cannot_be_made() -> None:
    with dynamodb_calls() as calls:
        assert list(Permission.objects.select_related("content_type").order_by("codename")) == []
        assert Group.objects.count() == 0
        assert Group.objects.filter(permissions__codename="x").first() is None
        with pytest.raises(NotSupportedError):
            Group.objects.create(name="x")
    assert calls == {}


@pytest.mark.usefixtures("library")
def test_migrate_makes_what_is_missing_and_says_what() -> None:
    LogRow.delete_table(wait=True)
    assert told() == f"Created the table {LogRow.Meta.table_name}.\n"
    assert told() == "Every table is there.\n"


def told() -> str:
    out = StringIO()
    call_command("migrate", "--noinput", stdout=out)
    return out.getvalue()


def test_the_rows_of_tests_are_no_tables_of_the_project() -> None:
    rows = set(all_rows())
    assert LogRow in rows
    assert BookRow not in rows


def test_no_app_migrates() -> None:
    assert NoMigrations().allow_migrate("default", "admin") is False


def test_runservers_migration_check_passes_without_a_cursor() -> None:
    BaseCommand(stdout=StringIO()).check_migrations()
    with pytest.raises(ImproperlyConfigured):
        connection.cursor()


def test_the_database_checks_pass() -> None:
    out = StringIO()
    labels = ("dynamodb", "admin", "auth", "contenttypes")
    call_command("check", *labels, databases=["default"], stdout=out)
    assert "no issues" in out.getvalue()


def test_an_unbound_model_is_refused() -> None:
    class Unbound(Book):
        objects: models.Manager["Unbound"] = models.Manager()

        class Meta:
            app_label = "tests"
            managed = False

    with pytest.raises(NotSupportedError, match=r"tests\.Unbound is bound to no DynamoDB table"):
        list(Unbound.objects.all())


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (Path(index="by_none", partition="status", order="starts_at"), "no index by_none"),
        (Path(index="by_status", partition="status", order="none"), "no field none"),
        (Path(index="by_status", partition="status", order="title"), "neither a moment nor"),
        (Prefix(index="by_title", field="none"), "no field none"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(path: Path | Prefix, told: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=told):
        bind(Book, Store(row=BookRow, paths=(path,)))


def test_stores_are_found_by_model() -> None:
    store = store_of(Book)
    assert isinstance(store, Store)
    assert store.row is BookRow
    assert isinstance(store_of(ContentType), StaticStore)
