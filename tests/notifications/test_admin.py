import pytest

from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import signed_in, text
from tests.notifications.sending import FakeSes, make_announcement, make_readers, walk

pytestmark = pytest.mark.usefixtures("aws")

LIST = "/admin/notifications/announcement/"


@pytest.fixture
def viewer():
    with signed_in("viewers") as client:
        yield client


def test_the_newest_announcement_comes_first(viewer):
    make_announcement(title="First fair")
    make_announcement(title="Second fair")
    page = text(viewer.get(LIST))
    assert 0 < page.index("Second fair") < page.index("First fair")


def test_the_list_filters_by_state(viewer):
    make_announcement(title="First fair")
    assert "First fair" in text(viewer.get(LIST, {"state__exact": "sending"}))
    assert "First fair" not in text(viewer.get(LIST, {"state__exact": "done"}))


def test_the_page_shows_that_the_numbers_add_up(viewer, clock):
    make_readers(3)
    row = make_announcement()
    walk(row, FakeSes("", "reject"), clock)
    page = text(viewer.get(f"{LIST}{row.id}/change/"))
    assert "2 sent + 1 refused + 0 suppressed + 0 unknown + 0 parked = 3" in page
    assert "3 in the audience ✓" in page


def test_nobody_changes_announcements_by_hand():
    row = make_announcement()
    with signed_in("admins") as client:
        assert client.get(f"{LIST}add/").status_code == 403
        assert client.post(f"{LIST}{row.id}/change/", {"kind": "changed"}).status_code == 403
        assert client.post(f"{LIST}{row.id}/delete/", {"post": "yes"}).status_code == 403


def test_the_list_never_scans(viewer):
    make_announcement()
    with dynamodb_calls() as calls:
        assert viewer.get(LIST).status_code == 200
    assert calls["Scan"] == 0
