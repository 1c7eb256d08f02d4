"""What a mistake in our own e-mail set-up has stopped is restored, and nothing else."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command

from ivent_site.aws import sqs
from ivent_site.ids import uuid7
from notifications import handlers
from subscriptions.audience_counts import audience_counts
from subscriptions.enums import StopCause
from subscriptions.privacy import person_erase
from subscriptions.selectors import subscription_get
from subscriptions.services import (
    subscription_record_feedback,
    subscription_stop,
    subscription_update,
)
from subscriptions.ses_list import SesListError
from subscriptions.setup_stops import (
    PAGE,
    Restoring,
    setup_restore_begin,
    setup_restore_step,
    setup_stops,
    setup_stops_count,
)
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import confirm, known, make_confirmed, make_pending
from tests.notifications.test_handlers import DONE, Context, aws_event
from tests.subscriptions.ses_list_sink import listing_ses

pytestmark = pytest.mark.usefixtures("aws")
URL = "/admin/subscriptions/subscription/setup-stops/"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def ses():
    with listing_ses() as sink:
        yield sink


def bounced(row, cause=StopCause.SETUP, code="5.7.26", **values):
    subscription_record_feedback(subscription_id=row.id, cause=cause, code=code, **values)


def current(row):
    return known(subscription_get(row.id))


def restore_all():
    restoring: Restoring | None = Restoring(before=datetime.now(UTC), by="sub-admins")
    while restoring is not None:
        restoring = setup_restore_step(restoring)


def test_they_are_restored_and_ses_sends_to_them_again(ses):
    row = make_confirmed("ana@example.com", topics=["music"], shard="03")
    ses.suppressed["ana@example.com"] = "BOUNCE"
    bounced(row)
    assert (current(row).status, current(row).shard) == ("bounced", None)
    assert (setup_stops_count(), audience_counts().total) == (1, 0)
    restore_all()
    assert (current(row).status, current(row).shard) == ("confirmed", "03")
    assert current(row).confirmed_at == row.confirmed_at
    assert (setup_stops_count(), audience_counts().total) == (0, 1)
    assert ses.suppressed == {}
    (entry,) = LogEntry.objects.filter(user_id="sub-admins")
    assert entry.object_id == row.id
    assert entry.change_message == (
        "Status: bounced → confirmed. Our e-mail set-up is fixed (5.7.26)."
    )


def test_a_pending_subscription_is_pending_again(ses):
    row, _token = make_pending("ana@example.com")
    bounced(row)
    restore_all()
    assert current(row).status == "pending"


@pytest.mark.parametrize(
    "since",
    [
        lambda row: bounced(row, StopCause.BOUNCE, "5.1.1"),
        lambda row: bounced(row, StopCause.COMPLAINT, ""),
        lambda row: subscription_stop(subscription_id=row.id, reason="By phone."),
        lambda row: person_erase(email=row.email),
    ],
    ids=["bounced for another reason", "complained", "stopped by the staff", "erased"],
)
def test_who_was_stopped_by_something_else_since_is_left_out(ses, since):
    row = make_confirmed("ana@example.com")
    bounced(row)
    since(row)
    before = subscription_get(row.id)
    assert setup_stops_count() == 0
    restore_all()
    after = subscription_get(row.id)
    assert (after and after.version) == (before and before.version)


def test_who_came_back_by_themselves_is_left_out(ses):
    row, token = make_pending("ana@example.com")
    confirm(token)
    bounced(row)
    _, again = make_pending("ana@example.com")
    confirm(again)
    assert setup_stops_count() == 0


def test_who_bounced_for_another_reason_before_is_not_restored(ses):
    row = make_confirmed()
    bounced(row, StopCause.BOUNCE, "5.1.1")
    bounced(row)
    assert setup_stops_count() == 0


@pytest.mark.parametrize("order", [1, -1])
def test_that_ses_lists_the_address_for_it_does_not_hide_the_cause(ses, order):
    row = make_confirmed()
    for cause in [StopCause.SETUP, StopCause.LISTED][::order]:
        bounced(row, cause)
    assert setup_stops_count() == 1


def test_other_wishes_keep_the_place_in_the_list(ses):
    row = make_confirmed()
    bounced(row)
    subscription_update(subscription_id=row.id, topics=["music"])
    assert setup_stops_count() == 1


def test_a_late_copy_of_the_bounce_stops_nobody_again_but_a_complaint_does(ses):
    row = make_confirmed()
    mailed_at = datetime.now(UTC) + timedelta(seconds=1)
    bounced(row, mailed_at=mailed_at)
    restore_all()
    late = known(row.confirmed_at) + timedelta(microseconds=1)
    bounced(row, mailed_at=late)
    bounced(row, StopCause.LISTED, "", mailed_at=late)
    assert current(row).status == "confirmed"
    bounced(row, StopCause.COMPLAINT, "", mailed_at=late)
    assert current(row).status == "complained"


def test_who_is_stopped_after_the_decision_waits_for_the_next(ses):
    row = make_confirmed()
    bounced(row)
    assert setup_restore_step(Restoring(before=LONG_AGO, by="x")) is None
    assert current(row).status == "bounced"


def test_a_page_costs_the_same_however_many_there_are(ses):
    rows = [make_confirmed() for _ in range(2 * PAGE)]
    for row in rows:
        bounced(row)
    with dynamodb_calls() as calls:
        following = known(setup_restore_step(Restoring(before=datetime.now(UTC), by="x")))
    assert (calls["Query"], calls["Scan"]) == (1, 0)
    assert setup_stops_count() == PAGE
    assert setup_restore_step(following) is not None
    assert setup_stops_count() == 0


def test_without_ses_nobody_is_restored_and_a_retry_goes_on(ses):
    rows = [make_confirmed() for _ in range(3)]
    for row in rows:
        bounced(row)
    # The second address; each is tried four times.
    ses.suppression_script = ["", *["throttle"] * 4]
    walk = Restoring(before=datetime.now(UTC), by="x")
    with pytest.raises(SesListError):
        setup_restore_step(walk)
    assert setup_stops_count() == 2
    setup_restore_step(walk)
    assert setup_stops_count() == 0


def test_the_queue_restores_page_by_page(ses, settings):
    rows = [make_confirmed() for _ in range(PAGE + 1)]
    for row in rows:
        bounced(row)
    setup_restore_begin(by="sub-admins")
    pages = 0
    while setup_stops_count():
        (message,) = receive(settings)
        event = aws_event("sqs_fanout", message["Body"])
        assert handlers.subscription_requests(event, Context()) == DONE
        pages += 1
    assert pages == 2


def receive(settings):
    return sqs().receive_message(
        QueueUrl=settings.REQUESTS_QUEUE_URL, MaxNumberOfMessages=1, WaitTimeSeconds=3
    )["Messages"]


def test_admins_restore_and_others_look(sign_in, settings):
    row = make_confirmed("ana@example.com")
    bounced(row)
    viewer = sign_in("viewers")
    page = viewer.get(URL).content.decode()
    assert "ana@example.com" in page
    assert "Admins may restore them." in page
    assert "5.7.26" in page
    assert viewer.post(URL).status_code == 403
    health = viewer.get("/admin/notifications/announcement/health/").content.decode()
    assert "1 subscriber was stopped by a bounce that points to our own e-mail set-up" in health
    assert URL in health
    admin = sign_in("admins")
    assert admin.post(URL).status_code == 302
    assert len(receive(settings)) == 1


def test_where_there_are_none_nothing_is_said(sign_in):
    viewer = sign_in("viewers")
    health = viewer.get("/admin/notifications/announcement/health/").content.decode()
    assert "set-up" not in health
    assert "has stopped no subscriber" in viewer.get(URL).content.decode()


def test_the_command_restores_all(ses):
    rows = [make_confirmed() for _ in range(PAGE + 1)]
    for row in rows:
        bounced(row)
    out = StringIO()
    call_command("restore_setup_stops", by="ops", count=True, stdout=out, stderr=StringIO())
    assert setup_stops_count() == PAGE + 1
    call_command("restore_setup_stops", by="ops", stdout=out, stderr=StringIO())
    assert out.getvalue().split() == f"{PAGE + 1} stopped {PAGE + 1} stopped 0 left".split()
    assert setup_stops(limit=1) == []


def test_a_message_of_another_kind_is_not_taken_for_a_walk():
    for body in ("x", "[]", "null", '{"restore": 1}', f'{{"import": "{uuid7()}"}}'):
        event = aws_event("sqs_fanout", body)
        handlers.subscription_requests(event, Context())
    assert setup_stops_count() == 0
