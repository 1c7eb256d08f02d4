"""The API's own description: complete, and its examples work as they are."""

import json
from typing import Any

import jsonschema
import pytest
from django.test import Client
from rest_framework.test import APIClient

from ivent_site.cognito.identity import Identity
from tests.factories import make_event
from tests.factories_subscriptions import make_confirmed

pytestmark = pytest.mark.usefixtures("aws")
METHODS = ("get", "put", "post", "patch", "delete")


def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Client().get("/schema?format=json").content)
    return found


SCHEMA = described()
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, operations in SCHEMA["paths"].items()
    for method, operation in operations.items()
    if method in METHODS
}


def values(content: dict[str, Any]) -> dict[str, Any]:
    media = content.get("application/json", {})
    single = {"only": media["example"]} if "example" in media else {}
    return single | {name: each["value"] for name, each in media.get("examples", {}).items()}


REQUESTS = [
    (operation, name)
    for operation, (_, _, described_as) in OPERATIONS.items()
    for name in values(described_as.get("requestBody", {}).get("content", {}))
]
REPLIES = [
    (operation, code, name)
    for operation, (_, _, described_as) in OPERATIONS.items()
    for code, reply in described_as["responses"].items()
    for name in values(reply.get("content", {}))
]


def draft(schema: Any, *, is_body: bool) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema: without references, and strict about names.

    Of a body what is read-only is not required.
    """
    if isinstance(schema, list):
        return [draft(each, is_body=is_body) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found = SCHEMA["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return draft(found, is_body=is_body)
    made = {
        name: draft(part, is_body=is_body) for name, part in schema.items() if name != "nullable"
    }
    if "properties" in schema:
        made.setdefault("additionalProperties", False)
        left = {name for name, part in schema["properties"].items() if part.get("readOnly")}
        made["required"] = [
            name for name in schema.get("required", []) if not (is_body and name in left)
        ]
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") else made


@pytest.fixture
def admin() -> APIClient:
    client = APIClient()
    identity: Any = Identity(
        sub="1", username="admin", email="ana@example.com", groups=frozenset({"admins"})
    )
    client.force_authenticate(identity)
    return client


def sent(client: APIClient, operation: str, body: Any = None) -> Any:
    method, path, _ = OPERATIONS[operation]
    event, subscription = make_event(), make_confirmed("ana@example.com")
    path = path.format(event_id=event.id, subscription_id=subscription.id)
    return getattr(client, method)(path, body)


def successes(operation: str) -> list[str]:
    return [code for code in OPERATIONS[operation][2]["responses"] if code.startswith("2")]


def test_there_are_thirteen_operations():
    assert len(OPERATIONS) == 13


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_has_a_summary_a_description_and_one_success(operation):
    described_as = OPERATIONS[operation][2]
    assert 3 < len(described_as["summary"]) < 40
    assert described_as["summary"] != described_as["description"]
    assert described_as["description"].endswith(".")
    assert len(successes(operation)) == 1


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_parameter_says_what_it_is(operation):
    parameters = OPERATIONS[operation][2].get("parameters", [])
    silent = [
        each["name"]
        for each in parameters
        if each["in"] != "path" and not each.get("description") and "enum" not in each["schema"]
    ]
    assert silent == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_body_and_each_success_has_an_example(operation):
    described_as = OPERATIONS[operation][2]
    if "requestBody" in described_as:
        assert any(operation == each for each, _ in REQUESTS)
    [code] = successes(operation)
    if code != "204":
        assert any((operation, code) == each[:2] for each in REPLIES)


@pytest.mark.parametrize(("operation", "name"), REQUESTS)
def test_an_example_of_a_body_works_as_it_is(admin, operation, name):
    content = OPERATIONS[operation][2]["requestBody"]["content"]
    body = values(content)[name]
    jsonschema.validate(body, draft(content["application/json"]["schema"], is_body=True))
    reply = sent(admin, operation, body)
    assert [str(reply.status_code)] == successes(operation), reply.content


@pytest.mark.parametrize(("operation", "code", "name"), REPLIES)
def test_an_example_of_a_reply_is_what_the_schema_says(operation, code, name):
    media = OPERATIONS[operation][2]["responses"][code]["content"]
    example = values(media)[name]
    checker = jsonschema.Draft4Validator(
        draft(media["application/json"]["schema"], is_body=False),
        format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER,
    )
    assert [each.message for each in checker.iter_errors(example)] == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_reply_is_what_its_schema_and_its_example_say(admin, operation):
    content = OPERATIONS[operation][2].get("requestBody", {}).get("content", {})
    body = next(iter(values(content).values()), None)
    reply = sent(admin, operation, body)
    [code] = successes(operation)
    assert str(reply.status_code) == code
    if code == "204":
        return
    media = OPERATIONS[operation][2]["responses"][code]["content"]["application/json"]
    jsonschema.validate(reply.json(), draft(media["schema"], is_body=False))
    for example in values({"application/json": media}).values():
        assert _shape(example) == _shape(reply.json()) or operation == "event_announcements_list"


def _shape(body: Any) -> Any:
    """The names in a body, and in the first of its results."""
    if isinstance(body, list):
        return [_shape(each) for each in body[:1]]
    if "results" in body:
        return set(body), _shape(body["results"])
    return set(body)


def test_conditions_and_their_replies_are_described():
    for operation, (method, _, described_as) in OPERATIONS.items():
        named = {each["name"] for each in described_as.get("parameters", [])}
        if method == "get":
            assert "If-None-Match" in named, operation
            assert "ETag" in described_as["responses"]["304"]["headers"]
            assert "ETag" in described_as["responses"]["200"]["headers"]
        elif method != "post":
            assert "If-Match" in named, operation
            assert "412" in described_as["responses"]
