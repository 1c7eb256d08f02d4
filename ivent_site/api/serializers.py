"""The base of the API's serializers."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

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
            raise serializers.ValidationError({**unknown, **known}) from err
        if unknown:
            raise serializers.ValidationError(unknown)
        return value
