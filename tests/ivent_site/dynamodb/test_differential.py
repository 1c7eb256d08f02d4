"""The engine against SQLite: random rows and querysets must give the same on both.

Reproduce a failure with the seed that it prints: `IVENT_TEST_SEED=… pytest …`. With
IVENT_TEST_DEEP=1, as in .ci/run, it is 5,060 querysets instead of 1,760.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import NotSupportedError, connections
from django.utils import timezone
from pynamodb.connection import Connection

from tests.ivent_site.dynamodb.library import Book, BookRow, Shelf, ShelfRow
from tests.ivent_site.dynamodb.querysets import SHELVES, ZONES, Recipe, Recipes

SEED = int(os.environ.get("IVENT_TEST_SEED", "20261122"))
ROUNDS = 23 if os.environ.get("IVENT_TEST_DEEP") else 8
QUERYSETS_PER_ROUND = 220
SERVED_SHARE = 0.95
SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


@pytest.fixture
def sqlite(django_db_blocker: Any) -> Iterator[str]:
    """A second database, in memory, with the library's tables; its alias."""
    with django_db_blocker.unblock():
        connections.settings["sqlite"] = connections.configure_settings(
            {"default": connections.settings["default"], "sqlite": SQLITE}
        )["sqlite"]
        with connections["sqlite"].schema_editor() as editor:
            editor.create_model(Shelf)
            editor.create_model(Book)
        yield "sqlite"
        # Django's close() keeps a database in memory open.
        connections["sqlite"].connection.close()
        del connections["sqlite"]
        del connections.settings["sqlite"]


@pytest.fixture
def _remembered_reads() -> Iterator[None]:
    """The local DynamoDB is asked the same question once between two writes: it is slow."""
    dispatch = Connection.dispatch
    answers: dict[str, Any] = {}

    def remembered(self: Connection, name: str, kwargs: dict[str, Any]) -> Any:
        if name not in ("Query", "GetItem", "BatchGetItem"):
            answers.clear()
            return dispatch(self, name, kwargs)
        question = name + json.dumps(kwargs, sort_keys=True)
        if question not in answers:
            answers[question] = dispatch(self, name, kwargs)
        return answers[question]

    with mock.patch.object(Connection, "dispatch", remembered):
        yield


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("library", "_remembered_reads")
def test_random_querysets_give_the_same_as_on_sqlite(sqlite: str) -> None:
    outcomes: Counter[str] = Counter()
    for number in range(ROUNDS):
        recipes = Recipes(SEED + number)
        fill(recipes.books(), sqlite)
        for _ in range(QUERYSETS_PER_ROUND):
            recipe, zone = recipes.recipe(), recipes.random.choice(ZONES)
            with timezone.override(zone):
                outcomes[compare(recipe, sqlite, seed=SEED + number)] += 1
    assert sum(outcomes.values()) == ROUNDS * QUERYSETS_PER_ROUND
    assert outcomes["same"] >= SERVED_SHARE * sum(outcomes.values()), outcomes


def fill(books: list[dict[str, Any]], sqlite: str) -> None:
    """Make these the books, and the shelves the shelves, of both databases."""
    for row in (BookRow, ShelfRow):
        with row.batch_write() as batch:
            for item in row.scan():
                batch.delete(item)
    Book.objects.using(sqlite).all().delete()
    Shelf.objects.using(sqlite).all().delete()
    for alias in ("default", sqlite):
        Shelf.objects.using(alias).bulk_create(
            Shelf(code=code, name=f"name {code}") for code in SHELVES
        )
        Book.objects.using(alias).bulk_create(Book(**values) for values in books)


def compare(recipe: Recipe, sqlite: str, *, seed: int) -> str:
    """Whether the engine served the recipe; it fails where the results differ."""
    try:
        found = recipe.follow(Book.objects.all())
    except NotSupportedError:
        return "refused"
    expected = recipe.follow(Book.objects.using(sqlite))
    told = f"seed {seed}: Book.objects.{recipe.words}"
    assert normal(found, recipe) == normal(expected, recipe), told
    if recipe.changes:
        assert everything("default") == everything(sqlite), told
    return "same"


def normal(result: Any, recipe: Recipe) -> Any:
    """Lists that have no order are compared without one."""
    if isinstance(result, list) and not recipe.is_ordered:
        return sorted(result, key=repr)
    return result


def everything(alias: str) -> list[dict[str, Any]]:
    return list(Book.objects.using(alias).order_by("pk").values())
