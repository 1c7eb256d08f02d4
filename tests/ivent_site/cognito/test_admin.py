"""The list of who has signed in."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group

from tests.ivent_site.cognito.conftest import Browser

LIST = "/admin/cognito/staffuser/"


@pytest.fixture
def editor(pool):
    """An editor who has signed in."""
    person = pool.person("editors")
    Browser().sign_in(person)
    return person


def test_admins_see_who_has_signed_in(pool, browser, editor):
    browser.sign_in(pool.person("admins"))

    page = browser.get(LIST).content.decode()

    assert editor.email in page
    assert page.index(f"person{int(editor.email[6:-12]) + 1}@") < page.index(editor.email)
    assert browser.get(f"{LIST}{editor.sub}/change/").status_code == 200


def test_nobody_writes_there(pool, browser, editor):
    browser.sign_in(pool.person("admins"))

    for path in ("add/", f"{editor.sub}/delete/"):
        assert browser.post(f"{LIST}{path}").status_code == 403
    assert browser.post(f"{LIST}{editor.sub}/change/", {"name": "x"}).status_code == 403
    assert b"delete_selected" not in browser.get(LIST).content


@pytest.mark.parametrize("group", ["editors", "viewers"])
def test_others_do_not_see_the_list(pool, browser, editor, group):
    browser.sign_in(pool.person(group))

    assert browser.get(LIST).status_code == 403
    assert LIST.encode() not in browser.get("/admin/").content


def test_groups_are_not_for_the_admin():
    assert not admin.site.is_registered(Group)


def test_the_header_names_the_person(pool, browser, editor):
    browser.sign_in(editor)

    page = browser.get("/admin/").content.decode()

    assert "Kim Doe" in page
    assert editor.email in page
