"""Staff in a browser, without asking Cognito."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any
from unittest import mock

from django.test import Client

from ivent_site.cognito.identity import Identity
from ivent_site.cognito.services import staff_sign_in

CHANGE, ADD, LIST = (
    "/admin/events/event/{}/change/",
    "/admin/events/event/add/",
    "/admin/events/event/",
)


@contextmanager
def signed_in(*groups: str) -> Iterator[Client]:
    """A browser in which a member of these groups has signed in."""
    identity = Identity(
        sub="sub-1", username="ann", email="ann@x.example", groups=frozenset(groups)
    )
    with mock.patch("ivent_site.cognito.models.current_groups", return_value=frozenset(groups)):
        client = Client()
        client.force_login(staff_sign_in(identity=identity))
        yield client


def entered(**changes: Any) -> dict[str, Any]:
    """What the form of `make_data` posts; `changes` replace some of it, None leaves it out."""
    values = {
        "title": "Summer fair",
        "description": "Come **all**.",
        "location": "Market square",
        "url": "",
        "timezone": "Europe/Berlin",
        "start_date": "2038-08-01",
        "start_time": "19:00",
        "end_date": "2038-08-01",
        "end_time": "21:00",
        "announce": "on",
        "seen_version": "1",
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def text(response: Any) -> str:
    """The page, its entities resolved."""
    return unescape(str(response.content.decode()))
