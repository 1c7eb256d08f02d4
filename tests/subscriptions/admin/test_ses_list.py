"""SES's suppression list on a subscriber's page."""

import pytest
from django.contrib.admin.models import LogEntry

from subscriptions.privacy import person_export
from subscriptions.selectors import subscription_get
from tests.factories_subscriptions import known, make_confirmed
from tests.subscriptions.ses_list_sink import listing_ses

pytestmark = pytest.mark.usefixtures("aws")
ANA = "ana@example.com"
LIST = "/admin/subscriptions/subscription/"


@pytest.fixture
def ses():
    with listing_ses() as sink:
        yield sink


def url(row):
    return f"{LIST}{row.id}/ses-list/"


def test_the_page_fetches_it_afterwards_and_asks_ses_nothing_itself(sign_in, ses):
    row = make_confirmed(ANA)
    page = sign_in("viewers").get(f"{LIST}{row.id}/change/").content.decode()
    assert f'hx-get="{url(row)}"' in page
    assert ses.suppression_calls == []


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("BOUNCE", "SES suppresses this address because of a bounce, since"),
        ("COMPLAINT", "SES suppresses this address because of a complaint, since"),
    ],
)
def test_staff_read_why_and_since_when(sign_in, ses, reason, text):
    row = make_confirmed(ANA)
    ses.suppressed[ANA] = reason
    part = sign_in("editors").get(url(row)).content.decode()
    assert text in part
    assert "2026-09-21" in part
    assert "<form" not in part


def test_an_admin_has_ses_send_again_which_mails_nobody(sign_in, ses):
    row = make_confirmed(ANA)
    ses.suppressed[ANA] = "COMPLAINT"
    admin = sign_in("admins")
    assert "<form" in admin.get(url(row)).content.decode()
    assert "SES sends to this address again." in admin.post(url(row)).content.decode()
    assert ses.suppressed == {}
    assert known(subscription_get(row.id)).version == row.version
    (entry,) = LogEntry.objects.filter(user_id="sub-admins")
    assert entry.object_id == row.id
    assert entry.get_change_message() == (
        "Removed from SES's suppression list (listed for a complaint)."
    )
    # Pressed twice, it is no second act.
    assert "does not suppress" in admin.post(url(row)).content.decode()
    assert len(LogEntry.objects.filter(user_id="sub-admins")) == 1


def test_where_ses_does_not_answer_the_part_says_so(sign_in, ses):
    row = make_confirmed(ANA)
    ses.suppression_script = ["bad"] * 2
    admin = sign_in("admins")
    for ask in (admin.get, admin.post):
        assert "SES does not answer" in ask(url(row)).content.decode()
    assert list(LogEntry.objects.filter(user_id="sub-admins")) == []


def test_on_the_laptop_the_part_says_that_there_is_none(sign_in):
    row = make_confirmed(ANA)
    assert "The local AWS has no suppression list" in (
        sign_in("viewers").get(url(row)).content.decode()
    )


def test_somebody_who_is_gone_has_no_part(sign_in, ses):
    admin = sign_in("admins")
    gone = f"{LIST}0190a000-0000-7000-8000-000000000001/ses-list/"
    assert (admin.get(gone).status_code, admin.put(gone).status_code) == (404, 405)


def test_the_export_of_a_person_holds_what_ses_keeps(ses):
    make_confirmed(ANA)
    assert known(person_export(email=ANA))["ses_suppression_list"] is None
    ses.suppressed[ANA] = "BOUNCE"
    assert known(person_export(email=ANA))["ses_suppression_list"] == {
        "reason": "BOUNCE",
        "since": "2026-09-21T14:13:20.500000+00:00",
    }
    ses.suppression_script = ["bad"]
    assert known(person_export(email=ANA))["ses_suppression_list"] == {
        "error": "SES's suppression list does not answer: BadRequestException."
    }
