"""The API as API Gateway takes it: resources, methods and request models, from our own OpenAPI.

Terraform makes them one by one (`terraform/modules/api_gateway`). A model refuses only what
Django would refuse as well: lengths are left to Django, which counts after trimming, and so
are formats, of which it takes more spellings.
https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
"""

from typing import Any, Final, TypedDict

METHODS: Final = ("get", "head", "put", "post", "patch", "delete")
_SCHEMA: Final = "http://json-schema.org/draft-04/schema#"
_KEPT: Final = ("type", "enum", "minimum", "maximum", "minItems", "maxItems")


class Resource(TypedDict):
    """A path: its depth, its parent's path ("" for the root) and its own part."""

    depth: int
    parent: str
    part: str


class Method(TypedDict):
    """An operation; `model` names what its body must be, if it takes one."""

    resource: str
    method: str
    model: str | None


class Description(TypedDict):
    """Everything, by name; the names are Terraform's keys."""

    resources: dict[str, Resource]
    methods: dict[str, Method]
    models: dict[str, dict[str, Any]]


def gateway_description(openapi: dict[str, Any]) -> Description:
    """What Terraform has to make for an OpenAPI 3.0 document of ours."""
    components = openapi["components"]["schemas"]
    found: Description = {"resources": {}, "methods": {}, "models": {}}
    for url, described in sorted(openapi["paths"].items()):
        path = url.strip("/")
        found["resources"].update(_resources(path))
        # Django answers HEAD wherever it answers GET; API Gateway has to know of each method.
        operations = {**described, **({"head": {}} if "get" in described else {})}
        for method in METHODS:
            if method not in operations:
                continue
            name = _model_name(operations[method])
            found["methods"][f"{path} {method.upper()}"] = {
                "resource": path,
                "method": method.upper(),
                "model": name,
            }
            if name is not None:
                found["models"][name] = _model(name, components)
    return found


def _resources(path: str) -> dict[str, Resource]:
    parts = path.split("/")
    return {
        "/".join(parts[: at + 1]): {"depth": at + 1, "parent": "/".join(parts[:at]), "part": part}
        for at, part in enumerate(parts)
    }


def _model_name(operation: dict[str, Any]) -> str | None:
    if "requestBody" not in operation:
        return None
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return str(reference).rpartition("/")[2]


def _model(name: str, components: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": _SCHEMA, "title": name, **_schema(components[name], components)}


def _schema(source: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """A schema of OpenAPI 3.0 as JSON Schema draft 4, without references."""
    for reference in [source, *source.get("allOf", [])]:
        if "$ref" in reference:
            source = {**source, **components[reference["$ref"].rpartition("/")[2]]}
    made = {key: source[key] for key in _KEPT if key in source}
    if source.get("nullable"):
        made["type"] = [made["type"], "null"]
    if "items" in source:
        made["items"] = _schema(source["items"], components)
    if "properties" in source:
        made |= _object(source, components)
    return made


def _object(source: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Our serializers refuse names that they do not know, and ignore what is read-only."""
    properties = {
        name: {} if part.get("readOnly") else _schema(part, components)
        for name, part in source["properties"].items()
    }
    required = [name for name in source.get("required", []) if properties.get(name)]
    made: dict[str, Any] = {"properties": properties, "additionalProperties": False}
    # Draft 4 knows no empty list here.
    return made | ({"required": required} if required else {})
