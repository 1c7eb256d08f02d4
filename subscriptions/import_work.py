"""What becomes of one row of an import, by the kind of the file. Each is safe to repeat."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from ivent_site.dynamodb.writes import ConflictError
from subscriptions.enums import ImportKind, SubscriptionStatus
from subscriptions.import_file import ImportedPerson
from subscriptions.imported import Restored, subscription_restore, subscription_stop_address
from subscriptions.selectors import subscription_by_email
from subscriptions.services import IMPORT, subscription_add_confirmed, subscription_enqueue
from subscriptions.tables import ImportRow, SubscriptionRow


def _subscribe(person: ImportedPerson, row: ImportRow) -> bool:
    """Whether the person was added, or is asked."""
    return _add(person, row) if row.consent else _ask(person)


def _ask(person: ImportedPerson) -> bool:
    """Whether the person is asked to confirm: not those who left, are stopped or confirmed."""
    known = subscription_by_email(person.email)
    if known is not None and known.status != SubscriptionStatus.PENDING:
        return False
    subscription_enqueue(
        email=person.email,
        topics=person.topics,
        locale=person.locale,
        timezone=person.timezone,
        frequency=person.frequency,
        name=person.name,
        source=IMPORT,
        ip="",
    )
    return True


def _add(person: ImportedPerson, row: ImportRow) -> bool:
    """Whether this import has added the person, now or before it was repeated."""
    declared = {"date": row.consent["date"], "import": row.key}
    add = partial(
        subscription_add_confirmed,
        email=person.email,
        source=row.consent["source"],
        topics=person.topics,
        locale=person.locale,
        timezone=person.timezone,
        frequency=person.frequency,
        name=person.name,
        declared=declared,
    )
    found = _made_or_found(add, person.email)
    return bool(found.consent and found.consent.get("import") == row.key)


def _stop(person: ImportedPerson, row: ImportRow) -> bool:
    """Whether this import has stopped the address; a lost race repeats the part."""
    found = subscription_stop_address(email=person.email, import_id=row.key)
    return bool(found.suppression and found.suppression.get("import") == row.key)


def _restore(person: ImportedPerson, row: ImportRow) -> bool:
    """Whether this import has restored the subscription."""
    record = person.record
    restored = Restored(
        status=SubscriptionStatus(record["status"]),
        created_at=datetime.fromisoformat(record["created_at"]),
        confirmed_at=(
            datetime.fromisoformat(record["confirmed_at"]) if record["confirmed_at"] else None
        ),
        consent_source=record["consent_source"],
        consent_date=record["consent_date"],
        stopped_at=record["stopped_at"],
        stopped_reason=record["stopped_reason"],
        stopped_cause=record["stopped_cause"],
        import_id=row.key,
    )
    restore = partial(
        subscription_restore,
        email=person.email,
        topics=person.topics,
        locale=person.locale,
        timezone=person.timezone,
        frequency=person.frequency,
        name=person.name,
        restored=restored,
    )
    return _made_or_found(restore, person.email).request_id == row.key


WORK: Final[Mapping[ImportKind, Callable[[ImportedPerson, ImportRow], bool]]] = {
    ImportKind.PEOPLE: _subscribe,
    ImportKind.DO_NOT_MAIL: _stop,
    ImportKind.RESTORE: _restore,
}


def _made_or_found(make: Callable[[], SubscriptionRow], email: str) -> SubscriptionRow:
    try:
        return make()
    except ConflictError:
        # Somebody else has just added the address; if not, the part is to be done again.
        found = subscription_by_email(email)
        if found is None:
            raise
        return found
