"""The values of a row as a Django model's fields have them, and back."""

from enum import Enum
from typing import Any

from django.db.models import Field, Model
from pynamodb.attributes import MapAttribute

from ivent_site.dynamodb.rows import Row


def values_of_row(model: type[Model], row: Row) -> dict[str, Any]:
    """The row's value of each field, by `attname`."""
    return {
        field.attname: _plain(getattr(row, field.attname)) for field in model._meta.concrete_fields
    }


def is_of_row(row: Row) -> bool:
    """Whether an item read by key is such a row, and not another kind that shares the table."""
    return all(
        attribute.null or getattr(row, name) is not None
        for name, attribute in row.get_attributes().items()
        if not attribute.is_hash_key and attribute.default is None
    )


def set_value(row: Row, field: "Field[Any, Any]", value: Any) -> None:
    """Put a field's prepared value into the row."""
    setattr(row, field.attname, value.value if isinstance(value, Enum) else value)


def _plain(value: Any) -> Any:
    if isinstance(value, MapAttribute):
        return {key: _plain(part) for key, part in value.attribute_values.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
