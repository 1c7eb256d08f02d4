"""How values reach the compiler: as they are. PynamoDB's attributes do the converting."""

from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations

from ivent_site.ids import number_id


class DatabaseOperations(BaseDatabaseOperations):
    """Identity for every value; names are not quoted, for there is no SQL."""

    compiler_module = "ivent_site.dynamodb.compiler"

    def quote_name(self, name: str) -> str:
        return name

    def max_name_length(self) -> int:
        return 255

    def integer_field_range(self, internal_type: str) -> Any:  # noqa: ARG002 - Django's signature
        return None, None

    def adapt_datefield_value(self, value: Any) -> Any:
        return value

    def adapt_datetimefield_value(self, value: Any) -> Any:
        return value

    def adapt_timefield_value(self, value: Any) -> Any:
        return value

    def adapt_decimalfield_value(self, value: Any, *_: Any, **__: Any) -> Any:
        return value

    def adapt_ipaddressfield_value(self, value: Any) -> Any:
        return value or None

    def adapt_json_value(self, value: Any, encoder: Any) -> Any:  # noqa: ARG002 - Django's signature
        return value

    def new_auto_key(self) -> int:
        """A primary key without a sequence."""
        return number_id()
