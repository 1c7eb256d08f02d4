"""The database router: no app migrates, for `migrate` creates tables from their rows."""

from typing import Any


class NoMigrations:
    """Says no to every schema migration."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:  # noqa: ARG002 - the router protocol
        return False
