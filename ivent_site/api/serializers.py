"""The base of the API's serializers."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.settings import api_settings

from ivent_site.api.parsers import printable

# A body of a megabyte has room for more names than a reply has for what is wrong with them.
_UNKNOWN_MAX = 20
_JSON_NAMES = {
    "NoneType": "null",
    "list": "a list",
    "str": "a string",
    "bool": "a boolean",
    "int": "a number",
    "float": "a number",
}


class StrictSerializer(serializers.Serializer[Any]):
    """Takes a JSON object with the names it knows, and refuses any other by its name.

    Read-only fields may be there and are ignored, so that what a GET gave can be sent back.
    """

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and not isinstance(data, Mapping):
            kind = _JSON_NAMES.get(type(data).__name__, type(data).__name__)
            message = f"The body must be a JSON object, not {kind}."
            raise serializers.ValidationError(
                {api_settings.NON_FIELD_ERRORS_KEY: [message]}, code="not_an_object"
            )
        return super().run_validation(data)

    def to_internal_value(self, data: Mapping[str, Any]) -> dict[str, Any]:
        others = (name for name in data if name not in self.fields)
        unknown = {
            printable(name): [serializers.ErrorDetail("There is no such field.", "unknown_field")]
            for name in islice(others, _UNKNOWN_MAX)
        }
        try:
            value: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as err:
            known: Any = err.detail
            more = self.rule_errors(self._readable(data), unreadable=frozenset(known))
            raise serializers.ValidationError({**unknown, **more, **known}) from err
        if unknown:
            more = self.rule_errors(value, unreadable=frozenset())
            raise serializers.ValidationError({**unknown, **more})
        return value

    def rule_errors(
        self,
        attrs: dict[str, Any],  # noqa: ARG002 - for subclasses
        *,
        unreadable: frozenset[str],  # noqa: ARG002 - for subclasses
    ) -> dict[str, Any]:
        """What else is wrong, field by field, with a body that is refused already.

        `attrs` are the fields that can be read. So one reply names all bad fields.
        """
        return {}

    def _readable(self, data: Mapping[str, Any]) -> dict[str, Any]:
        attrs: dict[str, Any] = {}
        for name, field in self.fields.items():
            if name in data and not field.read_only:
                with suppress(serializers.ValidationError, DjangoValidationError):
                    attrs[name] = field.run_validation(data[name])
        return attrs
