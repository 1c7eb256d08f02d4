"""Rows that say that something has happened, each written once, beside what it changes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from ivent_site.dynamodb.rows import Row

# A row and what to do to it.
RowChange = tuple[Row, list[Action]]
Key = tuple[str, str]
ATTEMPTS: Final = 5


def put_once(
    rows: Sequence[Any], *, beside: Callable[[list[Key]], Iterable[RowChange]]
) -> list[Key]:
    """The keys of the rows that were not there yet, and now are, with the changes `beside` them.

    One transaction, so however often and wherever it is repeated, each row brings its change
    once. It is retried, since others write to the same places. All rows are of one table, and
    they and the changes are at most a hundred.
    """
    for attempt in range(ATTEMPTS):
        model = type(rows[0])
        known = {_key(row) for row in model.batch_get([_key(row) for row in rows])}
        rows = [row for row in rows if _key(row) not in known]
        if not rows:
            return []
        keys = [_key(row) for row in rows]
        try:
            with TransactWrite(connection=model._get_connection().connection) as together:
                for row in rows:
                    together.save(row, condition=model.key.does_not_exist())
                for row, actions in beside(keys):
                    together.update(row, actions=actions)
        except TransactWriteError as err:
            if err.cause_response_code != "TransactionCanceledException" or attempt == ATTEMPTS - 1:
                raise
        else:
            return keys
    return []


def _key(row: Any) -> Key:
    return row.partition, row.key
