"""Empty lists of the admin: each says how to begin, in words of ours."""

from html import unescape

import pytest
from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse

from ivent_site.dynamodb.admin import CursorModelAdmin
from tests.events.staff import signed_in
from tests.factories import make_event

pytestmark = pytest.mark.usefixtures("aws")

# Settings are one page: they have no list.
LISTS = [
    model_admin
    for model, model_admin in admin.site._registry.items()
    if model._meta.label != "preferences.SitePreferences"
]


def list_url(model_admin, query=""):
    opts = model_admin.opts
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist") + query


def shown(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return unescape(response.content.decode())


@pytest.fixture
def nothing(monkeypatch):
    """Lists without a row, though somebody has signed in."""

    def none(self, request):
        return QuerySet(self.model).filter(pk="nobody")

    monkeypatch.setattr("ivent_site.cognito.admin.StaffUserAdmin.get_queryset", none)


@pytest.mark.parametrize("model_admin", LISTS, ids=str)
def test_each_list_says_how_to_begin_and_offers_to_clear_what_narrows_it(model_admin, nothing):
    assert isinstance(model_admin, CursorModelAdmin)
    beginning = model_admin.beginning
    assert beginning is not None
    with signed_in("admins") as client:
        page = shown(client, list_url(model_admin))
        assert str(beginning.text) in page
        for step in beginning.steps:
            assert f'href="{reverse(step.url_name)}">{step.label}</a>' in page
        if model_admin.search_fields:
            page = shown(client, list_url(model_admin, "?q=nothing"))
            assert 'href="?">Clear the search and the filters</a>' in page
            assert str(beginning.text) not in page
        for name in filter(lambda each: isinstance(each, str), model_admin.list_filter):
            choice = model_admin.model._meta.get_field(name).choices[0][0]
            page = shown(client, list_url(model_admin, f"?{name}__exact={choice}"))
            assert 'href="?">Clear the search and the filters</a>' in page


def test_who_may_not_take_a_step_is_not_led_there():
    with signed_in("viewers") as client:
        page = shown(client, "/admin/events/event/")
    assert "No event is coming up." in page
    assert "Add an event" not in page


def test_an_object_without_a_history_says_what_will_be_in_it():
    row = make_event()
    with signed_in("viewers") as client:
        page = shown(client, f"/admin/events/event/{row.id}/history/")
    assert "is written down here: who, when, and what it was before" in page
    assert f'href="/admin/events/event/{row.id}/change/">Back</a>' in page
