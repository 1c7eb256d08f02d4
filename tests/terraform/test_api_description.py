"""What API Gateway checks is what the application takes."""

import json
from typing import Any

import jsonschema
import pytest

from ivent_site.api.gateway import METHODS, gateway_description
from ivent_site.api.management.commands.api_gateway import FILE, gateway_json

MODELS: dict[str, Any] = json.loads(FILE.read_text())["models"]


def test_the_file_of_the_api_is_what_the_application_says():
    """If not: `python manage.py api_gateway --write`."""
    assert FILE.read_text() == gateway_json()


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_a_schema_of_draft_4(name: str):
    jsonschema.Draft4Validator.check_schema(MODELS[name])


def test_a_model_takes_what_the_application_takes():
    accepted: dict[str, list[Any]] = {
        "NewEvent": [
            {"title": "  Open day  ", "date": "2038-08-01"},
            {"title": "x", "starts_at": "2038-08-01 19:00", "ends_at": None, "topics": []},
            {"title": "x", "date": None, "starts_at": "2038-08-01T19:00Z", "status": "draft"},
            # What a GET gave may be sent back.
            {"title": "x", "date": "2038-08-01", "id": 1, "created_at": None, "page_url": []},
        ],
        "PatchedChangedEvent": [{}, {"announce": False, "version": 7}],
        "SubscriptionRequest": [{"email": " a@example.org ", "topics": ["a"], "locale": "de"}],
        "PatchedOwnSubscription": [{}, {"timezone": ""}],
    }
    refused = [
        (name, body)
        for name, bodies in accepted.items()
        for body in bodies
        if not jsonschema.Draft4Validator(MODELS[name]).is_valid(body)
    ]
    assert refused == []


def test_a_model_refuses_what_is_plainly_wrong():
    bad: dict[str, list[Any]] = {
        "NewEvent": [{}, [], {"title": 1}, {"title": "x", "status": "cancelled"}],
        "ChangedEvent": [{"title": "x", "version": 0}, {"title": "x", "surprise": 1}],
        "SubscriptionRequest": [{"topics": []}, {"email": "a@example.org", "locale": "xx"}],
    }
    passed = [
        (name, body)
        for name, bodies in bad.items()
        for body in bodies
        if jsonschema.Draft4Validator(MODELS[name]).is_valid(body)
    ]
    assert passed == []


def test_references_and_nullable_become_plain_draft_4():
    openapi = {
        "paths": {
            "/things/{id}": {
                "get": {},
                "put": {
                    "requestBody": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        }
                    }
                },
            }
        },
        "components": {
            "schemas": {
                "Kind": {"type": "string", "enum": ["a"]},
                "Thing": {
                    "type": "object",
                    "required": ["id", "name"],
                    "properties": {
                        "id": {"type": "string", "readOnly": True},
                        "name": {"type": "string", "nullable": True, "maxLength": 5},
                        "kind": {"allOf": [{"$ref": "#/components/schemas/Kind"}], "default": "a"},
                    },
                },
            }
        },
    }
    made = gateway_description(openapi)
    assert made["methods"] == {
        "things/{id} GET": {"resource": "things/{id}", "method": "GET", "model": None},
        "things/{id} HEAD": {"resource": "things/{id}", "method": "HEAD", "model": None},
        "things/{id} PUT": {"resource": "things/{id}", "method": "PUT", "model": "Thing"},
    }
    assert made["resources"] == {
        "things": {"depth": 1, "parent": "", "part": "things"},
        "things/{id}": {"depth": 2, "parent": "things", "part": "{id}"},
    }
    assert made["models"]["Thing"] == {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "Thing",
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "id": {},
            "name": {"type": ["string", "null"]},
            "kind": {"type": "string", "enum": ["a"]},
        },
    }


def test_every_method_is_one_that_the_gateway_knows():
    methods = json.loads(FILE.read_text())["methods"].values()
    assert {each["method"].lower() for each in methods} <= set(METHODS)
