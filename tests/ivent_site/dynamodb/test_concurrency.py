"""Eight threads at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from ivent_site.dynamodb import writes
from ivent_site.dynamodb.writes import ConflictError
from tests.ivent_site.dynamodb.books import book_values, make_books
from tests.ivent_site.dynamodb.library import Book, ShelfRow

pytestmark = pytest.mark.usefixtures("library")
THREADS = 8


def together(work: Callable[[int], Any]) -> list[Any]:
    """What the work gives in each of the threads."""

    def done(number: int) -> Any:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(done, range(THREADS)))


def test_of_many_inserts_of_one_key_one_is_made() -> None:
    def insert(number: int) -> str:
        try:
            Book.objects.create(**book_values(1, title=f"by {number}"))
        except IntegrityError:
            return "refused"
        return "made"

    assert Counter(together(insert)) == {"made": 1, "refused": THREADS - 1}


def test_get_or_create_makes_one() -> None:
    def find(_: int) -> bool:
        return Book.objects.get_or_create(id="b0001", defaults=book_values(1))[1]

    assert sum(together(find)) == 1


def test_no_update_is_lost() -> None:
    make_books(1)

    def add(_: int) -> int:
        return Book.objects.filter(pk="b0001").update(pages=F("pages") + 1)

    assert together(add) == [1] * THREADS
    assert Book.objects.values_list("pages", flat=True).get(pk="b0001") == THREADS


def test_blocks_of_threads_do_not_mix() -> None:
    def fill(number: int) -> None:
        with transaction.atomic():
            for part in range(3):
                writes.put(ShelfRow(code=f"{number}.{part}", name="x"))
            if number % 2:
                transaction.set_rollback(True)

    together(fill)
    found = [row.code for row in ShelfRow.query("shelf", consistent_read=True)]
    assert found == [f"{number}.{part}" for number in (0, 2, 4, 6) for part in range(3)]


def test_of_competing_transactions_one_wins_and_the_others_are_told() -> None:
    def claim(number: int) -> bool:
        try:
            with transaction.atomic():
                writes.put(
                    ShelfRow(code="one", name=str(number)),
                    condition=ShelfRow.code.does_not_exist(),
                )
                writes.put(ShelfRow(code=f"mine {number}", name="x"))
        except ConflictError:
            return False
        return True

    assert sum(together(claim)) == 1
    assert len(list(ShelfRow.query("shelf", consistent_read=True))) == 2
