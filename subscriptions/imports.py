"""Imports of many people: uploaded, checked, started by a person, done by the queue in parts.

One message is on its way for each import: the worker that handles it imports the next part and
queues the next message with a delay, so that an import of any size takes a small and steady share
of what the tables and their indexes can take.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import transaction

from ivent_site.aws import sqs
from ivent_site.dynamodb.writes import ConflictError, delete, get, put
from ivent_site.ids import uuid7
from subscriptions.enums import ImportKind, ImportState
from subscriptions.import_file import Checked, ImportedPerson
from subscriptions.import_work import WORK
from subscriptions.tables import IMPORTS_PARTITION, ImportFileRow, ImportPartRow, ImportRow

# People in a part. A part and its pause keep an import at 50 people a second: each is some
# forty write units, spread over tables, indexes and partitions, each of which takes a thousand.
PART_SIZE: Final = 100
PAUSE_S: Final = 2
# How long an uploaded, checked or stopped import waits to be started. Its parts are kept for as
# long again: the largest takes some hours, and nobody would notice a part that expired on the way.
KEPT: Final = timedelta(days=1)
_ATTEMPTS: Final = 5
# An item of DynamoDB has at most 400 KB.
_FILE_PART_BYTES: Final = 350_000
# So many messages are kept with their counts: some name what is wrong with a single address.
_REASONS_MAX: Final = 20
_VALUES: Final = "values"
_OPEN: Final = frozenset({ImportState.UPLOADED, ImportState.CHECKED})


@dataclass(frozen=True, kw_only=True)
class DeclaredConsent:
    """Where and when these people agreed, in the staff's words."""

    source: str
    date: str


def import_upload(*, name: str, kind: ImportKind, content: bytes, import_id: str = "") -> ImportRow:
    """The import of an uploaded file, which waits to be checked; the file is kept for two days.

    With an `import_id` of the caller's, the file is uploaded once, however often this is called.
    """
    if import_id and (made := import_get(import_id)):
        return made
    now = datetime.now(UTC)
    packed = zlib.compress(content)
    pieces = [
        packed[place : place + _FILE_PART_BYTES]
        for place in range(0, len(packed), _FILE_PART_BYTES)
    ]
    row = ImportRow(
        key=import_id or uuid7(),
        name=name,
        kind=kind,
        state=ImportState.UPLOADED,
        file_parts=len(pieces),
        created_at=now,
        updated_at=now,
    )
    with ImportFileRow.batch_write() as batch:
        for number, piece in enumerate(pieces):
            batch.save(
                ImportFileRow(
                    partition=_file_partition(row.key),
                    key=_part_key(number),
                    content=piece,
                    expires_at=now + 2 * KEPT,
                )
            )
    put(row, condition=ImportRow.key.does_not_exist())
    return row


def import_content(row: ImportRow) -> bytes | None:
    """The uploaded file; None once the import has begun, or the file has expired."""
    pieces = [piece.content for piece in ImportFileRow.query(_file_partition(row.key))]
    if row.state not in _OPEN or not pieces or len(pieces) != row.file_parts:
        return None
    return zlib.decompress(b"".join(pieces))


def import_check(
    *,
    import_id: str,
    checked: Checked,
    consent: DeclaredConsent | None = None,
    language: str = "",
    encoding: str = "",
    notes: Sequence[str] = (),
) -> ImportRow:
    """The import as its file was checked, which waits to be started; nobody is imported yet.

    It may be checked again, in another way. ConflictError if it has begun, or is not there.
    """
    row = import_get(import_id)
    if row is None or row.state not in _OPEN:
        raise ConflictError("The import cannot be checked any more.")
    parts = list(_parts(checked.people))
    row.checked_as = uuid7()
    values = [problem.value for problem in checked.problems]
    with ImportPartRow.batch_write() as batch:
        for number, people in enumerate(parts):
            batch.save(_part(row, _part_key(number), [list(person) for person in people]))
        batch.save(_part(row, _VALUES, values))
    row.state = ImportState.CHECKED
    row.columns = [[name, str(field)] for name, field in checked.columns]
    row.language, row.encoding, row.notes = language, encoding, list(notes)
    row.consent = {"source": consent.source, "date": consent.date} if consent else None
    row.rows, row.parts, row.wrong = len(checked.people), len(parts), checked.wrong
    row.problems = [
        {"line": each.line, "column": each.column, "message": each.message}
        for each in checked.problems
    ]
    row.reasons = dict(checked.reasons.most_common(_REASONS_MAX))
    _put(row)
    return row


def import_values(*, checked_as: str | None) -> list[str]:
    """The values of a check's problems, in their order; none once they have expired."""
    kept = get(ImportPartRow, f"import#{checked_as}", _VALUES) if checked_as else None
    return list(kept.people) if kept else []


def import_begin(*, import_id: str) -> ImportRow:
    """The import, under way. ConflictError if it is not there to be begun, or not any more."""
    row = import_get(import_id)
    if row is None or row.state not in {ImportState.CHECKED, ImportState.STOPPED}:
        raise ConflictError("The import cannot be started.")
    if datetime.now(UTC) > row.created_at + KEPT:
        raise ConflictError("The import is too old: its rows are about to be forgotten.")
    row.state = ImportState.RUNNING if row.position < row.parts else ImportState.DONE
    _put(row)
    if row.state == ImportState.RUNNING:
        # The queue hears only of what is written.
        transaction.on_commit(lambda: _queue(import_id, delay_s=0))
    transaction.on_commit(partial(_forget_file, row.key, int(row.file_parts)))
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
    part = get(ImportPartRow, _partition(row), _part_key(position))
    people = [ImportedPerson(*person) for person in part.people] if part else []
    work = WORK[ImportKind(row.kind)]
    added = sum(work(person, row) for person in people)
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
                delete(ImportPartRow(_partition(row), _part_key(position)))
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


def _forget_file(import_id: str, pieces: int) -> None:
    """Nothing reads the file any more. What a failure leaves here expires by itself."""
    with ImportFileRow.batch_write() as batch:
        for number in range(pieces):
            batch.delete(ImportFileRow(_file_partition(import_id), _part_key(number)))


def _part(row: ImportRow, key: str, content: Sequence[object]) -> ImportPartRow:
    expires_at = datetime.now(UTC) + 2 * KEPT
    return ImportPartRow(
        partition=_partition(row), key=key, people=list(content), expires_at=expires_at
    )


def _parts(people: Iterable[ImportedPerson]) -> Iterator[list[ImportedPerson]]:
    remaining = iter(people)
    while part := list(islice(remaining, PART_SIZE)):
        yield part


def _partition(row: ImportRow) -> str:
    return f"import#{row.checked_as or row.key}"


def _file_partition(import_id: str) -> str:
    return f"file#{import_id}"


def _part_key(number: int) -> str:
    return f"{number:06}"
