"""Whatever is sent: an event, or an error that says what is wrong."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.serializers import ChangedEventSerializer
from tests.factories import api_client, errors, make_event

pytestmark = pytest.mark.usefixtures("aws")

NAMES = st.sampled_from(list(ChangedEventSerializer().fields)) | st.text(max_size=5)
LIKELY: st.SearchStrategy[Any] = st.sampled_from(
    [
        *("2038-08-01", "2038-08-01T10:00", "2038-08-01T10:00:00Z", "2038-10-31T02:30"),
        *("Europe/Berlin", "Pacific/Kiritimati", "draft", "published", "cancelled"),
        *("https://ivent.example", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
        *(True, False, None, 0, 1, 2, -1, 1e300, [], {}, "", "\x00", "=?x?="),
    ]
)
SCALARS = LIKELY | st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
GOOD = {"title": "Fair", "date": "2038-08-01"}
BODIES = VALUES | st.dictionaries(NAMES, VALUES, max_size=8).map(lambda body: GOOD | body)


@settings(
    max_examples=80,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=BODIES)
def test_no_body_is_a_server_error(body):
    row = make_event()
    client: Any = api_client("admins")
    for method, path in (
        ("POST", "/events"),
        ("PUT", f"/events/{row.id}"),
        ("PATCH", f"/events/{row.id}"),
    ):
        response = client.generic(method, path, json.dumps(body), content_type="application/json")
        assert response.status_code in (200, 201, 400, 409)
        if response.status_code >= 400:
            assert errors(response)
        else:
            again = client.put(f"/events/{response.json()['id']}", response.json())
            assert (again.status_code, again.json()) in (
                (200, response.json()),
                # A cancelled event takes no change, and none is needed.
                (409, again.json()),
            )


@pytest.mark.parametrize("path", ["/events", "/events/{}"])
def test_what_is_offered_can_be_asked(path):
    client = api_client("admins")
    path = path.format(make_event().id)
    assert client.options(path).status_code == 200
    assert client.head(path).status_code == 200
    assert client.get(f"{path}?format=json").status_code == 200
    assert client.get(f"{path}?format=xml").status_code == 404
    assert client.get(path, headers={"Accept": "text/html"}).status_code == 200
