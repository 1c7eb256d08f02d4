"""Every table of the project, and their making."""

from collections.abc import Iterator
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from ivent_site.dynamodb.rows import Row


def all_rows() -> Iterator[type[Row]]:
    """One row class per table: those of the installed apps' `tables.py`, and the engine's own.

    Where rows share a table, the one that declares its indexes stands for it.
    """
    for rows in rows_by_table().values():
        yield rows[0]


def rows_by_table() -> dict[str, list[type[Row]]]:
    """Each table's full name and its rows, first the one that declares the indexes."""
    for app in apps.get_app_configs():
        if app.module and module_has_submodule(app.module, "tables") and app.label != "dynamodb":
            import_module(f"{app.name}.tables")
    modules = tuple(f"{app.name}." for app in apps.get_app_configs())
    by_table: dict[str, list[type[Row]]] = {}
    for row in _leaves(Row):
        if hasattr(row, "Meta") and row.__module__.startswith(modules):
            by_table.setdefault(row.Meta.table_name, []).append(row)
    for rows in by_table.values():
        rows.sort(key=lambda row: len(row._indexes), reverse=True)
    return by_table


def missing_tables() -> list[str]:
    """The names of the tables that are not there."""
    return [row.Meta.table_name for row in all_rows() if not row.exists()]


def create_missing_tables() -> list[str]:
    """Create the tables that are not there yet; their names. Safe to repeat."""
    made = []
    for row in all_rows():
        if not row.exists():
            row.create_table(wait=True)
            made.append(row.Meta.table_name)
    return made


def _leaves(row: type[Row]) -> Iterator[type[Row]]:
    for child in row.__subclasses__():
        yield child
        yield from _leaves(child)
