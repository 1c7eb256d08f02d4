"""Signing in with user name and password."""

import pytest
from freezegun import freeze_time
from tests.ivent_site.cognito.conftest import Browser

from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.password_login import WRONG_CREDENTIALS
from ivent_site.cognito.services import NO_RIGHTS


def errors_of(response):
    return response.context["form"].non_field_errors()


@pytest.mark.parametrize("group", ["admins", "editors", "viewers"])
def test_a_member_of_a_staff_group_gets_in(pool, browser, group):
    response = browser.sign_in(pool.person(group))

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert browser.is_in


def test_the_first_sign_in_makes_the_staff_row_and_the_next_keeps_it(pool, browser):
    person = pool.person("editors")

    browser.sign_in(person)
    first = StaffUser.objects.get(pk=person.sub)
    Browser().sign_in(person)
    second = StaffUser.objects.get(pk=person.sub)

    assert (first.username, first.email, first.name) == (person.username, person.email, "Kim Doe")
    assert first.last_login_at == first.created_at
    assert second.last_login_at > first.last_login_at
    assert (second.created_at, second.session_epoch) == (first.created_at, first.session_epoch)


def test_someone_without_a_group_is_refused_clearly_and_leaves_no_row(pool, browser):
    for person in (pool.person(), pool.person("gardeners")):
        response = browser.sign_in(person)

        assert response.status_code == 200
        assert errors_of(response) == [NO_RIGHTS]
        assert not StaffUser.objects.filter(pk=person.sub).exists()
        assert not browser.is_in
