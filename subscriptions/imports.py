"""Imports of many people: checked first, begun by a person, done by the queue part by part.

One message is on its way for each import: whoever handles it imports the next part and queues
the next message with a delay, so that an import of any size takes a small and steady share of
what the tables and their indexes can take.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import transaction

from ivent_site.aws import sqs
from ivent_site.dynamodb.writes import ConflictError, delete, get, put
from ivent_site.ids import uuid7
from subscriptions.enums import ImportState
from subscriptions.import_file import Checked, Person
from subscriptions.selectors import subscription_by_email
from subscriptions.services import subscription_add_confirmed, subscription_enqueue
from subscriptions.tables import IMPORTS_PARTITION, ImportPartRow, ImportRow

# People in a part. A part and its pause keep an import at 50 people a second: each is some
# forty write units, spread over tables, indexes and partitions, each of which takes a thousand.
PART_SIZE: Final = 100
PAUSE_S: Final = 2
# How long a checked or stopped import waits to be begun. Its parts are kept for as long again:
# the largest takes some hours, and what had vanished on its way would be missed by nobody.
KEPT: Final = timedelta(days=1)
SOURCE: Final = "import"
_ATTEMPTS: Final = 5


@dataclass(frozen=True, kw_only=True)
class DeclaredConsent:
    """Where and when these people agreed, in the staff's words."""

    source: str
    date: str


def import_check(*, name: str, checked: Checked, consent: DeclaredConsent | None) -> ImportRow:
    """The import of a checked file, which waits to be begun; nobody is imported yet."""
    now = datetime.now(UTC)
    parts = list(_parts(checked.people))
    row = ImportRow(
        key=uuid7(),
        name=name,
        state=ImportState.CHECKED,
        consent={"source": consent.source, "date": consent.date} if consent else None,
        rows=len(checked.people),
        problems=[each._asdict() for each in checked.problems],
        wrong=checked.wrong,
        parts=len(parts),
        created_at=now,
        updated_at=now,
    )
    with ImportPartRow.batch_write() as batch:
        for number, people in enumerate(parts):
            batch.save(
                ImportPartRow(
                    partition=_partition(row.key),
                    key=_part_key(number),
                    people=[list(person) for person in people],
                    expires_at=now + 2 * KEPT,
                )
            )
    put(row, condition=ImportRow.key.does_not_exist())
    return row


def import_begin(*, import_id: str) -> ImportRow:
    """The import, under way. ConflictError if it is not there to be begun, or not any more."""
    row = import_get(import_id)
    if row is None or row.state not in {ImportState.CHECKED, ImportState.STOPPED}:
        raise ConflictError("The import cannot be begun.")
    if datetime.now(UTC) > row.created_at + KEPT:
        raise ConflictError("The import is too old: its rows are about to be forgotten.")
    row.state = ImportState.RUNNING if row.position < row.parts else ImportState.DONE
    _put(row)
    if row.state == ImportState.RUNNING:
        # Of what was not written nobody begins.
        transaction.on_commit(lambda: _queue(import_id, delay_s=0))
    return row


def import_stop(*, import_id: str) -> ImportRow:
    """The import, stopped after the part that is under way. ConflictError if it is not running."""
    row = import_get(import_id)
    if row is None or row.state != ImportState.RUNNING:
        raise ConflictError("The import is not running.")
    row.state = ImportState.STOPPED
    _put(row)
    return row


def import_step(*, import_id: str) -> None:
    """Import the next part and queue the one after it. Safe to repeat.

    Of two messages for the same import one ends here: the count of the parts decides.
    """
    row = import_get(import_id)
    if row is None or row.state != ImportState.RUNNING:
        return
    position = int(row.position)
    part = get(ImportPartRow, _partition(import_id), _part_key(position))
    people = [Person(*person) for person in part.people] if part else []
    added = _import(people, row)
    if _count(import_id, position, added=added, known=len(people) - added):
        _queue(import_id, delay_s=PAUSE_S)


def import_get(import_id: str) -> ImportRow | None:
    """The import as it is now; None if there is none."""
    return get(ImportRow, IMPORTS_PARTITION, import_id)


def import_body(import_id: str) -> str:
    """What stands in the queue for an import."""
    return json.dumps({"import": import_id})


def import_of_body(body: str) -> str | None:
    """The import that a message of the requests queue is about; None if it is about none."""
    with suppress(ValueError):
        data = json.loads(body)
        if isinstance(data, dict) and isinstance(data.get("import"), str):
            return str(data["import"])
    return None


def _import(people: Sequence[Person], row: ImportRow) -> int:
    """How many of the people were new, or were asked."""
    if row.consent is None:
        for person in people:
            _ask(person)
        return len(people)
    return sum(_add(person, row.key, row.consent) for person in people)


def _ask(person: Person) -> None:
    subscription_enqueue(
        email=person.email,
        topics=person.topics,
        locale=person.locale,
        timezone=person.timezone,
        frequency=person.frequency,
        source=SOURCE,
        ip="",
    )


def _add(person: Person, import_id: str, consent: Mapping[str, str]) -> bool:
    """Whether this import has added the person, now or before it was repeated."""
    declared = {"date": consent["date"], "import": import_id}
    try:
        row = subscription_add_confirmed(
            email=person.email,
            source=consent["source"],
            topics=person.topics,
            locale=person.locale,
            timezone=person.timezone,
            frequency=person.frequency,
            declared=declared,
        )
    except ConflictError:
        # Somebody else has just added the address; if not, the part is to be done again.
        found = subscription_by_email(person.email)
        if found is None:
            raise
        row = found
    return bool(row.consent and row.consent.get("import") == import_id)


def _count(import_id: str, position: int, *, added: int, known: int) -> bool:
    """Whether the import goes on, once the part at `position` is counted, and forgotten."""
    for _ in range(_ATTEMPTS):
        row = import_get(import_id)
        if row is None or row.position != position:
            return False
        row.added += added
        row.known += known
        row.position += 1
        if row.position >= row.parts:
            row.state = ImportState.DONE
        try:
            with transaction.atomic():
                _put(row)
                delete(ImportPartRow(_partition(import_id), _part_key(position)))
        except ConflictError as err:
            # Stopped at this moment: what was done is counted all the same.
            conflict = err
        else:
            return row.state == ImportState.RUNNING
    raise conflict


def _put(row: ImportRow) -> None:
    read = row.version
    row.version += 1
    row.updated_at = datetime.now(UTC)
    put(row, condition=ImportRow.version == read)


def _queue(import_id: str, *, delay_s: int) -> None:
    sqs().send_message(
        QueueUrl=settings.REQUESTS_QUEUE_URL,
        MessageBody=import_body(import_id),
        DelaySeconds=delay_s,
    )


def _parts(people: Iterable[Person]) -> Iterator[list[Person]]:
    remaining = iter(people)
    while part := list(islice(remaining, PART_SIZE)):
        yield part


def _partition(import_id: str) -> str:
    return f"import#{import_id}"


def _part_key(number: int) -> str:
    return f"{number:06}"
