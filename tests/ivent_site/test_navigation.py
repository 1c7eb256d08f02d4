import pytest

from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import signed_in

pytestmark = pytest.mark.usefixtures("aws")

ALL = {
    *("Overview", "Events", "Topics", "Announcements", "Dead letters"),
    *("Subscribers", "Imports", "Staff", "Settings"),
}


def navigation_of(page):
    return [item for group in page.context["sidebar_navigation"] for item in group["items"]]


def shown(client):
    return {str(item["title"]) for item in navigation_of(client.get("/admin/events/topic/"))}


@pytest.mark.parametrize(
    ("group", "hidden"),
    [("admins", set()), ("viewers", {"Imports", "Staff", "Settings"})],
)
def test_the_sidebar_leads_where_one_may_go(group, hidden):
    with signed_in(group) as client:
        assert shown(client) == ALL - hidden


def test_every_link_of_it_leads_to_a_page_and_costs_no_read():
    with signed_in("admins") as client:
        with dynamodb_calls() as calls:
            page = client.get("/admin/events/topic/add/")
        # Who it is.
        assert calls == {"GetItem": 1}
        for item in navigation_of(page):
            assert client.get(str(item["link"]), follow=True).status_code == 200


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("", "Announcements"),
        ("dead-letters/", "Dead letters"),
        ("reviews/", "Events"),
    ],
)
def test_one_link_of_it_is_that_of_the_page(path, title):
    with signed_in("admins") as client:
        page = client.get(f"/admin/notifications/announcement/{path}", follow=True)
    assert [str(item["title"]) for item in navigation_of(page) if item["active"]] == [title]
