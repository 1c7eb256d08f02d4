import re

import pytest

from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import signed_in, text
from tests.factories import make_event

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


def test_the_head_names_the_list_and_what_is_looked_at_as_it_is_written():
    row = make_event(title="summer fair")
    with signed_in("viewers") as client:
        page = text(client.get(f"/admin/events/event/{row.id}/change/"))
    [head] = re.findall(r"<h1.*?</h1>", page, re.DOTALL)
    assert re.findall(r'href="([^"]+)" class="iv-crumb">([^<]+)<', head) == [
        ("/admin/events/event/", "Events"),
        (f"/admin/events/event/{row.id}/change/", "summer fair"),
    ]


def test_the_head_of_a_page_that_adds_says_so():
    with signed_in("editors") as client:
        page = text(client.get("/admin/events/event/add/"))
    [head] = re.findall(r"<h1.*?</h1>", page, re.DOTALL)
    assert re.findall(r'class="iv-crumb">([^<]+)<', head) == ["Events", "Add event"]


@pytest.mark.parametrize(
    ("path", "group", "status", "leads_to"),
    [
        ("/admin/nothing/", "viewers", 404, "/admin/"),
        ("/admin/events/event/add/", "viewers", 403, "/admin/"),
        ("/nothing", "viewers", 404, "/"),
    ],
)
def test_where_there_is_nothing_a_button_leads_on(path, group, status, leads_to):
    with signed_in(group) as client:
        page = client.get(path)
    assert page.status_code == status
    assert f'<a class="button quiet" href="{leads_to}">' in text(page)
