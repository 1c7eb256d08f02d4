"""The mailbox on disk: `.local/mailbox/`.

    incoming/ID        the envelope and the mail, until everything below is done with it
    messages/ID.eml    the mail as it came
    messages/ID.json   the mail as the API gives it, made once, so that reading parses nothing
    to/HASH/ID         empty: the mails of one address

Ids are UUIDv7, so names sort by age. Files are renamed into place, the `.json` last: a mail
is there entirely or not at all.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from ivent_site.ids import uuid7
from ivent_site.local.mailbox.message import message_as_json

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A mail that was accepted, and whom it is really for."""

    message_id: str
    recipients: list[str]
    raw: bytes

    @property
    def accepted_at(self) -> datetime:
        return datetime.fromtimestamp((UUID(self.message_id).int >> 80) / 1000, UTC)


class Mailbox:
    """Every mail that was sent, newest first."""

    def __init__(self, directory: Path) -> None:
        self._incoming = directory / "incoming"
        self._messages = directory / "messages"
        self._to = directory / "to"

    def accept(self, raw: bytes, *, recipients: list[str]) -> str:
        """The id of a mail that is now safe on disk, to be stored by `store`."""
        message_id = uuid7()
        envelope = json.dumps({"recipients": recipients}).encode()
        _write(self._incoming / message_id, envelope + b"\n" + raw)
        return message_id

    def accepted(self) -> Iterator[Incoming]:
        """The mails that `done` was not called for yet, oldest first."""
        for message_id in sorted(self._incoming_ids()):
            yield _incoming(self._incoming / message_id)

    def has_accepted(self) -> bool:
        """Whether there are such mails."""
        return next(self._incoming_ids(), None) is not None

    def set_aside(self, incoming: Incoming) -> None:
        """Keep a mail that cannot be dealt with out of the way of the others."""
        file = self._incoming / incoming.message_id
        file.rename(file.with_suffix(".unreadable"))

    def store(self, incoming: Incoming, raw: bytes) -> None:
        """Show a mail, as `raw`, to its readers; safe to repeat."""
        message = message_as_json(
            raw,
            message_id=incoming.message_id,
            recipients=incoming.recipients,
            sent_at=incoming.accepted_at,
        )
        _write(self._messages / f"{incoming.message_id}.eml", raw)
        for recipient in incoming.recipients:
            _write(self._index(recipient) / incoming.message_id, b"")
        _write(self._messages / f"{incoming.message_id}.json", json.dumps(message).encode())

    def done(self, incoming: Incoming) -> None:
        """Forget that the mail was coming in."""
        (self._incoming / incoming.message_id).unlink(missing_ok=True)

    def ids(self, *, to: str | None = None) -> list[str]:
        """The ids of all mails, or of those to one address (in any case), newest first."""
        if to is None:
            names = (file.stem for file in _files(self._messages) if file.suffix == ".json")
        else:
            names = (file.name for file in _files(self._index(to)) if _ID.fullmatch(file.name))
        return sorted(names, reverse=True)

    def texts(self, ids: list[str]) -> Iterator[str]:
        """The JSON of each mail that is still there, as it stands in its file."""
        for message_id in ids:
            try:
                yield (self._messages / f"{message_id}.json").read_text()
            except FileNotFoundError:
                continue

    def get(self, message_id: str) -> dict[str, Any] | None:
        """One mail, or None when there is none of that id."""
        if not _ID.fullmatch(message_id):
            return None
        text = next(self.texts([message_id]), None)
        return None if text is None else json.loads(text)

    def raw(self, message_id: str) -> bytes:
        """The mail of an id that `get` knows, as it came."""
        return (self._messages / f"{message_id}.eml").read_bytes()

    def clear(self) -> None:
        """Throw away every mail that is there now."""
        ids = set(self.ids())
        for index in _files(self._to):
            for marker in _files(index):
                if marker.name in ids:
                    marker.unlink(missing_ok=True)
        for message_id in ids:
            for suffix in ("json", "eml"):
                (self._messages / f"{message_id}.{suffix}").unlink(missing_ok=True)

    def _incoming_ids(self) -> Iterator[str]:
        return (file.name for file in _files(self._incoming) if _ID.fullmatch(file.name))

    def _index(self, address: str) -> Path:
        # An address is no file name: it may be long, and hold anything.
        digest = hashlib.sha256(address.casefold().encode("utf-8", "replace")).hexdigest()
        return self._to / digest[:32]


def _incoming(file: Path) -> Incoming:
    envelope, _, raw = file.read_bytes().partition(b"\n")
    recipients = json.loads(envelope)["recipients"]
    return Incoming(message_id=file.name, recipients=recipients, raw=raw)


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.tmp")
    unfinished.write_bytes(content)
    unfinished.replace(file)


def _files(directory: Path) -> Iterator[Path]:
    try:
        yield from directory.iterdir()
    except FileNotFoundError:
        return
