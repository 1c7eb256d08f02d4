"""A session lasts only as long as the rights that it stands on."""

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from botocore.stub import Stubber

from ivent_site.aws import cognito
from ivent_site.cognito.directory import current_groups
from ivent_site.cognito.errors import UNAVAILABLE
from ivent_site.cognito.models import StaffUser
from ivent_site.cognito.services import NO_RIGHTS, staff_sign_out
from tests.dynamodb_calls import dynamodb_calls
from tests.ivent_site.cognito.conftest import Browser


@pytest.fixture
def editor(pool, browser):
    """An editor, signed in."""
    person = pool.person("editors")
    browser.sign_in(person)
    return person


@pytest.fixture
def calls(monkeypatch):
    """The names of the calls to Cognito."""
    made = []
    client = cognito()

    def note(model, **_):
        made.append(model.name)

    client.meta.events.register("before-call.cognito-idp", note)
    yield made
    client.meta.events.unregister("before-call.cognito-idp", note)


def copy_of(browser):
    """Another browser with the same cookies."""
    copy = Browser()
    copy.cookies.load({name: morsel.value for name, morsel in browser.cookies.items()})
    return copy


@pytest.mark.parametrize(
    "end",
    [
        lambda person: person.leave("editors"),
        lambda person: person.disable(),
        lambda person: person.delete(),
        lambda person: person.reset_password(),
    ],
    ids=["left the group", "disabled", "deleted", "password reset"],
)
def test_lost_rights_end_the_session_at_the_next_request(browser, editor, end):
    assert browser.is_in

    end(editor)
    page = browser.get("/admin/", follow=True)

    assert page.redirect_chain == [("/admin/login/?next=/admin/", 302)]
    assert str(NO_RIGHTS) in page.content.decode()
    assert not page.wsgi_request.user.is_authenticated
    assert browser.get("/probe", headers={"Accept": "application/json"}).status_code == 401


def test_changed_groups_change_the_rights_at_the_next_request(pool, browser, editor):
    assert browser.get("/probe").json()["groups"] == ["editors"]

    editor.join("viewers")
    editor.leave("editors")

    assert browser.get("/probe").json()["groups"] == ["viewers"]


def test_cognito_is_asked_twice_per_request_however_much_the_page_asks(browser, editor, calls):
    browser.get("/admin/")

    assert calls == ["AdminGetUser", "AdminListGroupsForUser"]


def test_a_staff_request_reads_one_row(browser, editor):
    with dynamodb_calls() as counted:
        browser.get("/probe")

    assert sum(counted.values()) == 1


def test_without_a_session_cognito_is_not_asked(pool, browser, calls):
    browser.get("/admin/login/")
    browser.get("/admin/")

    assert calls == []


def test_while_cognito_is_out_of_reach_the_admin_is_shut_and_says_why(browser, editor, monkeypatch):
    def admin_get_user(**_):
        raise ConnectTimeoutError(endpoint_url="https://cognito.example")

    with monkeypatch.context() as patch:
        patch.setattr(cognito(), "admin_get_user", admin_get_user)
        page = browser.get("/admin/")
        reply = browser.get("/probe", headers={"Accept": "application/json"})

    assert page.status_code == 503
    assert "The sign-in service does not answer" in page.content.decode()
    assert (page["Retry-After"], "no-store" in page["Cache-Control"]) == ("30", True)
    assert (reply.status_code, reply.json()) == (
        503,
        {"errors": [{"field": None, "code": "unavailable", "message": UNAVAILABLE}]},
    )
    assert browser.is_in


def test_throttled_cognito_lets_nobody_in(browser, editor, monkeypatch):
    def admin_get_user(**_):
        raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "AdminGetUser")

    monkeypatch.setattr(cognito(), "admin_get_user", admin_get_user)

    assert browser.get("/admin/").status_code == 503


def test_a_group_on_the_second_page_of_many_counts(pool):
    account = {"Username": "kim", "Enabled": True, "UserStatus": "CONFIRMED"}
    pages = [["g1", "g2"], ["editors"]]

    with Stubber(cognito()) as stub:
        stub.add_response("admin_get_user", account)
        for number, names in enumerate(pages):
            page = {"Groups": [{"GroupName": name} for name in names]}
            more = {"NextToken": "more"} if number == 0 else {}
            stub.add_response("admin_list_groups_for_user", {**page, **more})

        assert current_groups(username="kim") == {"g1", "g2", "editors"}


def test_signing_out_ends_every_session_copies_of_the_cookie_included(browser, editor):
    elsewhere = Browser()
    elsewhere.sign_in(editor)
    copy = copy_of(browser)
    assert copy.is_in
    assert elsewhere.is_in

    page = browser.post("/admin/logout/")

    assert page.status_code == 200
    assert [session.is_in for session in (browser, copy, elsewhere)] == [False] * 3
    assert browser.sign_in(editor).status_code == 302
    assert browser.is_in
    assert not copy.is_in


def test_signing_out_ends_nobody_elses_session(pool, browser, editor):
    other = Browser()
    other.sign_in(pool.person("editors"))

    browser.post("/admin/logout/")

    assert other.is_in


def test_a_link_does_not_sign_out(browser, editor):
    assert browser.get("/admin/logout/").status_code == 405
    assert browser.is_in


def test_signing_out_somebody_unknown_writes_no_row(aws):
    staff_sign_out(staff_id="nobody")

    assert not StaffUser.objects.filter(pk="nobody").exists()


def test_a_session_whose_row_is_gone_is_over(browser, editor):
    StaffUser.objects.get(pk=editor.sub).delete()

    assert not browser.is_in


def test_a_rotated_secret_key_keeps_the_sessions(browser, editor, settings):
    old, new = settings.SECRET_KEY, "n" * 40
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [old]
    assert browser.is_in

    settings.SECRET_KEY_FALLBACKS = []
    assert browser.is_in
    settings.SECRET_KEY = "m" * 40
    assert not browser.is_in


def test_signing_in_as_another_leaves_nothing_of_the_first(pool, browser, editor):
    viewer = pool.person("viewers")

    browser.sign_in(viewer)

    assert browser.get("/probe").json()["sub"] == viewer.sub
