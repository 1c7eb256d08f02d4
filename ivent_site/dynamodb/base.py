"""The Django database backend: `ENGINE = "ivent_site.dynamodb"`.

There is no SQL and no cursor. The compiler turns querysets into key queries; `atomic()`
collects writes and commits them as one DynamoDB transaction.
"""

from typing import Any, Never

from django.core.exceptions import ImproperlyConfigured
from django.db import NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.client import BaseDatabaseClient
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.base.introspection import BaseDatabaseIntrospection

from ivent_site.dynamodb.commit import commit
from ivent_site.dynamodb.features import DatabaseFeatures
from ivent_site.dynamodb.operations import Operation
from ivent_site.dynamodb.ops import DatabaseOperations
from ivent_site.dynamodb.pending import PendingWrites


class NoCursorError(NotSupportedError, ImproperlyConfigured):
    """Someone wanted SQL. ImproperlyConfigured is how Django tells "nothing to migrate here"."""


class DriverErrors:
    """The errors of a driver that is not there: the engine raises Django's own."""

    Error = type("Error", (Exception,), {})
    InterfaceError = DatabaseError = DataError = OperationalError = IntegrityError = Error
    InternalError = ProgrammingError = NotSupportedError = Error


class DatabaseWrapper(BaseDatabaseWrapper):
    """One thread's view of DynamoDB: whether a block is open, and what it would write."""

    vendor = "dynamodb"
    display_name = "DynamoDB"
    Database = DriverErrors
    operators: dict[str, str] = {}
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    client_class = BaseDatabaseClient
    creation_class = BaseDatabaseCreation
    introspection_class = BaseDatabaseIntrospection

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pending = PendingWrites()

    def write(self, operation: Operation) -> None:
        """Do the write now, or with the open block."""
        self.ensure_connection()
        if self.autocommit:
            commit([operation])
            return
        self.validate_no_broken_transaction()
        self.pending.add(operation)

    def ensure_connection(self) -> None:
        """PynamoDB connects by itself; what is made here is the state of the blocks."""
        if self.connection is None:
            self.connect()

    def get_connection_params(self) -> dict[str, Any]:
        return {}

    def get_new_connection(self, conn_params: dict[str, Any]) -> object:  # noqa: ARG002 - Django's signature
        return object()

    def init_connection_state(self) -> None:
        """Nothing: there is no session with a server."""

    def is_usable(self) -> bool:
        return True

    def create_cursor(self, name: str | None = None) -> Never:  # noqa: ARG002 - Django's signature
        raise NoCursorError("DynamoDB has no SQL cursor: use the ORM, or PynamoDB rows.")

    def _cursor(self, name: str | None = None) -> Never:
        self.create_cursor(name)

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        self.pending.clear()

    def _commit(self) -> None:
        commit(self.pending.take())

    def _rollback(self) -> None:
        self.pending.clear()

    def _close(self) -> None:
        self.pending.clear()

    def _savepoint(self, sid: str) -> None:
        self.pending.save(sid)

    def _savepoint_rollback(self, sid: str) -> None:
        self.pending.restore(sid)

    def _savepoint_commit(self, sid: str) -> None:
        self.pending.release(sid)
