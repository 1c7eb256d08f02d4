"""Every table of the project, and their making."""

from collections.abc import Iterator
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from ivent_site.dynamodb.rows import Row


def all_rows() -> Iterator[type[Row]]:
    """One row class per table: those of the installed apps' `tables.py`, and the engine's own.

    Where two rows share a table, the one that declares its indexes stands for it.
    """
    for app in apps.get_app_configs():
        if app.module and module_has_submodule(app.module, "tables") and app.label != "dynamodb":
            import_module(f"{app.name}.tables")
    modules = tuple(f"{app.name}." for app in apps.get_app_configs())
    by_table: dict[str, type[Row]] = {}
    for row in _leaves(Row):
        if not hasattr(row, "Meta") or not row.__module__.startswith(modules):
            continue
        name = row.Meta.table_name
        if name not in by_table or len(row._indexes) > len(by_table[name]._indexes):
            by_table[name] = row
    yield from by_table.values()


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
