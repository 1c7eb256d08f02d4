"""Every table of the project, and their making."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

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


def changed_tables() -> list[str]:
    """The names of the tables that are there with other keys or indexes than are declared."""
    return [
        row.Meta.table_name
        for row in all_rows()
        if row.exists() and _shape(_declared(row)) != _shape(row.describe_table())
    ]


def create_missing_tables() -> list[str]:
    """Create the tables that are not there yet; their names. Safe to repeat."""
    made = []
    for row in all_rows():
        if not row.exists():
            row.create_table(wait=True)
            made.append(row.Meta.table_name)
    return made


def _declared(row: type[Row]) -> dict[str, Any]:
    """What the row declares, in the words of DescribeTable."""
    schema = row._get_schema()
    return {
        "KeySchema": schema["key_schema"],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": index["index_name"],
                "KeySchema": index["key_schema"],
                "Projection": index["projection"],
            }
            for index in schema["global_secondary_indexes"]
        ],
    }


def _shape(table: Mapping[str, Any]) -> dict[str, Any]:
    """By what rows are found, and what of them an index holds."""
    indexes = {
        index["IndexName"]: (
            _keys(index),
            index["Projection"]["ProjectionType"],
            sorted(index["Projection"].get("NonKeyAttributes", ())),
        )
        for index in table.get("GlobalSecondaryIndexes", ())
    }
    return {"keys": _keys(table), "indexes": indexes}


def _keys(schema: Mapping[str, Any]) -> dict[str, str]:
    return {each["KeyType"]: each["AttributeName"] for each in schema["KeySchema"]}


def _leaves(row: type[Row]) -> Iterator[type[Row]]:
    for child in row.__subclasses__():
        yield child
        yield from _leaves(child)
