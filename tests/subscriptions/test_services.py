"""What a subscription goes through, on the local AWS."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time

from ivent_site.aws import sqs
from ivent_site.dynamodb.writes import ConflictError
from subscriptions import services, writing
from subscriptions.addresses import AddressError
from subscriptions.audience_counts import audience_recount
from subscriptions.consent import CONSENT_TEXT_VERSION
from subscriptions.enums import MailKind, StopCause, SubscriptionStatus
from subscriptions.privacy import person_erase
from subscriptions.requests import request_parse
from subscriptions.selectors import home_shard_names, subscription_by_email, subscription_get
from subscriptions.services import (
    subscription_add_confirmed,
    subscription_change,
    subscription_confirm,
    subscription_enqueue,
    subscription_leave,
    subscription_pending_change,
    subscription_record_feedback,
    subscription_request,
    subscription_stop,
    subscription_update,
)
from subscriptions.tables import AddressRow, SubscriptionRow
from subscriptions.tokens import keyed_hash
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import confirm, known, make_confirmed, make_pending, make_request

pytestmark = pytest.mark.usefixtures("aws")


def rows():
    return [row for row in SubscriptionRow.scan() if not row.id.startswith("address#")]


def sentinels():
    return [row for row in AddressRow.scan() if row.id.startswith("address#")]


def token_of(mail):
    return mail.confirm_url.rpartition("/")[2]


def let_the_interval_pass(row):
    # The longest: after a complaint.
    row.confirmation_sent_at = datetime.now(UTC) - timedelta(days=30)
    row.save()


def test_a_request_of_an_unknown_address_makes_a_pending_row_and_a_mail():
    request = make_request("Ada@Example.com", topics=["music"], locale="de", timezone="Asia/Tokyo")
    mail = known(subscription_request(request=request))
    [row] = rows()
    assert (row.email, row.email_key, row.status) == (
        "Ada@Example.com",
        "ada@example.com",
        "pending",
    )
    assert (row.topics, row.locale, row.timezone, row.shard) == (
        ["music"],
        "de",
        "Asia/Tokyo",
        None,
    )
    assert mail.kind is MailKind.CONFIRM
    assert (mail.recipient.id, mail.recipient.email) == (row.id, "Ada@Example.com")
    assert (mail.recipient.locale, mail.recipient.timezone) == ("de", "Asia/Tokyo")
    assert mail.confirm_url.startswith("https://ivent.example/confirm/")
    assert [each.subscription_id for each in sentinels()] == [row.id]


def test_twenty_simultaneous_requests_make_one_row_and_one_mail():
    spellings = ["Ada@Example.com", "ada@EXAMPLE.com", "ADA@example.COM", "ada@example.com"] * 5
    with ThreadPoolExecutor(20) as pool:
        mails = list(
            pool.map(lambda email: subscription_request(request=make_request(email)), spellings)
        )
    assert len([mail for mail in mails if mail]) == 1
    assert len(rows()) == 1
    assert len(sentinels()) == 1


def test_twenty_simultaneous_requests_of_a_known_address_make_one_mail():
    row, _ = make_pending("ada@example.com")
    let_the_interval_pass(row)
    with ThreadPoolExecutor(20) as pool:
        mails = list(
            pool.map(
                lambda _: subscription_request(request=make_request("ada@example.com")), range(20)
            )
        )
    assert len([mail for mail in mails if mail]) == 1
    assert len(rows()) == 1


def test_an_address_is_the_same_however_its_international_domain_is_spelled():
    make_pending("ada@münchen.example")
    assert subscription_request(request=make_request("ADA@XN--MNCHEN-3YA.example")) is None
    [row] = rows()
    assert row.email == "ada@münchen.example"


def test_mail_to_an_international_domain_goes_to_its_ascii_form():
    mail = known(subscription_request(request=make_request("Ada@münchen.example")))
    assert mail.recipient.email == "Ada@xn--mnchen-3ya.example"


def test_asking_again_within_five_minutes_sends_nothing():
    make_pending("ada@example.com")
    assert subscription_request(request=make_request("ada@example.com")) is None


def test_a_redelivered_message_gets_its_mail_again():
    request = make_request("ada@example.com")
    first = known(subscription_request(request=request))
    second = known(subscription_request(request=request))
    assert second.kind is MailKind.CONFIRM
    assert known(subscription_confirm(token=token_of(first))).id == second.recipient.id


def test_a_redelivered_message_sends_nothing_once_its_link_was_used():
    request = make_request("ada@example.com")
    confirm(token_of(known(subscription_request(request=request))))
    assert subscription_request(request=request) is None


CAUSES = {"bounced": StopCause.BOUNCE, "complained": StopCause.COMPLAINT}


def stop_by(status, subscription_id):
    if status == "suppressed":
        subscription_stop(subscription_id=subscription_id, reason="By phone.")
    else:
        subscription_record_feedback(subscription_id=subscription_id, cause=CAUSES[status])


@pytest.mark.parametrize("status", [s for s in SubscriptionStatus if s != "confirmed"])
def test_asking_again_works_in_every_state(status):
    row, token = make_pending("ada@example.com", topics=["music"])
    if status == "left":
        confirm(token)
        subscription_leave(subscription_id=row.id)
    elif status != "pending":
        confirm(token)
        stop_by(status, row.id)
    row = known(subscription_get(row.id))
    assert row.status == status
    let_the_interval_pass(row)
    other = make_request("ada@example.com", topics=["sports"], frequency="weekly")
    mail = known(subscription_request(request=other))
    assert mail.kind is MailKind.CONFIRM
    # Asking alone changes nothing that a stranger could ask for.
    assert known(subscription_get(row.id)).status == status
    assert known(subscription_get(row.id)).frequency == "at_once"
    row = confirm(token_of(mail))
    assert (row.status, row.topics, row.frequency) == ("confirmed", ["sports"], "weekly")


SAME = {"topics": ["music", "art"], "locale": "de", "timezone": "", "frequency": "at_once"}


@pytest.mark.parametrize(
    "asked",
    [SAME, {**SAME, "topics": ["art", "music"]}, {"topics": ["sports"], "chosen": ()}],
)
def test_a_subscriber_who_asks_for_what_they_have_learns_that_they_have_it(asked):
    row = make_confirmed("ada@example.com", topics=["music", "art"], locale="de")
    mail = known(subscription_request(request=make_request("ada@example.com", **asked)))
    assert (mail.kind, mail.confirm_url, mail.changes) == (MailKind.ALREADY_CONFIRMED, "", {})
    row = known(subscription_get(row.id))
    assert (row.status, row.topics, row.requested) == ("confirmed", ["music", "art"], None)


def ask_for_change(email="ada@example.com", **wishes):
    wishes = {"topics": ["sports"], "frequency": "weekly", "locale": "fr"} | wishes
    return known(subscription_request(request=make_request(email, **wishes)))


def test_what_a_subscriber_asks_for_anew_takes_effect_with_the_link():
    before = make_confirmed("ada@example.com", topics=["music"], timezone="Asia/Tokyo")
    mail = ask_for_change(timezone="Asia/Tokyo")
    assert mail.kind is MailKind.CHANGE
    assert mail.changes == {"topics": ["sports"], "frequency": "weekly", "locale": "fr"}
    # In the language that the subscriber has until then.
    assert mail.recipient.locale == "en"
    row = known(subscription_get(before.id))
    assert (row.topics, row.frequency, row.locale) == (["music"], "at_once", "en")

    assert known(subscription_pending_change(token=token_of(mail))).changes == mail.changes
    row = known(subscription_change(token=token_of(mail)))
    assert (row.topics, row.frequency, row.locale) == (["sports"], "weekly", "fr")
    assert (row.timezone, row.status, row.consent) == ("Asia/Tokyo", "confirmed", before.consent)
    assert row.requested is None
    assert known(subscription_pending_change(token=token_of(mail))).changes == {}


def test_only_what_was_chosen_is_changed():
    row = make_confirmed("ada@example.com", topics=["music"], locale="de")
    mail = ask_for_change(chosen=["frequency"])
    assert mail.changes == {"frequency": "weekly"}
    subscription_change(token=token_of(mail))
    row = known(subscription_get(row.id))
    assert (row.topics, row.locale, row.frequency) == (["music"], "de", "weekly")


def test_a_link_may_be_followed_twice_and_undoes_no_later_choice():
    row = make_confirmed("ada@example.com")
    token = token_of(ask_for_change())
    subscription_change(token=token)
    subscription_update(subscription_id=row.id, topics=["art"])
    again = known(subscription_change(token=token))
    assert (again.topics, again.frequency) == (["art"], "weekly")


def test_what_the_subscriber_chose_meanwhile_is_kept():
    row = make_confirmed("ada@example.com")
    token = token_of(ask_for_change())
    subscription_update(subscription_id=row.id, topics=["art"])
    changed = known(subscription_change(token=token))
    assert (changed.topics, changed.locale) == (["art"], "fr")


def test_the_link_of_one_request_does_not_apply_another():
    row = make_confirmed("ada@example.com", topics=["music"])
    first = token_of(ask_for_change())
    with freeze_time(datetime.now(UTC) + timedelta(minutes=6)):
        # A stranger's.
        second = token_of(ask_for_change(topics=["politics"]))
        assert subscription_change(token=first) is None
        assert subscription_pending_change(token=first) is None
        assert known(subscription_get(row.id)).topics == ["music"]
        assert known(subscription_change(token=second)).topics == ["politics"]


def test_the_link_that_once_confirmed_does_not_apply_a_change():
    row, token = make_pending("ada@example.com", topics=["music"])
    confirm(token)
    ask_for_change()
    assert known(subscription_confirm(token=token)).topics == ["music"]
    assert known(subscription_get(row.id)).topics == ["music"]


@pytest.mark.parametrize("how", ["leaves", "bounces", "is erased"])
def test_a_subscription_that_has_ended_is_not_changed(how):
    row = make_confirmed("ada@example.com", topics=["music"])
    token = token_of(ask_for_change())
    if how == "leaves":
        subscription_leave(subscription_id=row.id)
    elif how == "bounces":
        subscription_record_feedback(subscription_id=row.id, cause=StopCause.BOUNCE)
    else:
        person_erase(email="ada@example.com")
    assert subscription_change(token=token) is None
    assert subscription_pending_change(token=token) is None


def test_a_change_is_asked_for_at_most_every_five_minutes():
    make_confirmed("ada@example.com")
    request = make_request("ada@example.com", topics=["sports"])
    first = known(subscription_request(request=request))
    # Its worker died before it sent: the same e-mail, with a link that works.
    again = known(subscription_request(request=request))
    assert (again.kind, again.changes) == (first.kind, first.changes)
    assert subscription_request(request=make_request("ada@example.com", topics=["art"])) is None
    assert known(subscription_change(token=token_of(again))).topics == ["sports"]
    # It is done: a message that comes once more asks for nothing.
    assert subscription_request(request=request) is None


def test_a_change_costs_the_same_as_the_answer_to_any_subscriber():
    make_confirmed("ada@example.com")
    make_confirmed("bob@example.com")
    costs = []
    for email, topics in (("ada@example.com", ["sports"]), ("bob@example.com", [])):
        with dynamodb_calls() as calls:
            subscription_request(request=make_request(email, topics=topics))
        costs.append(dict(calls))
    assert costs[0] == costs[1]


def test_the_numbers_of_the_audience_follow_a_change():
    make_confirmed("ada@example.com", topics=["music"])
    subscription_change(token=token_of(ask_for_change()))
    assert [audience_recount(shard) for shard in home_shard_names()] == [0] * 16


def test_who_left_may_ask_again_at_once():
    row, token = make_pending("ada@example.com")
    confirm(token)
    subscription_leave(subscription_id=row.id)
    assert (
        known(subscription_request(request=make_request("ada@example.com"))).kind
        is MailKind.CONFIRM
    )


def test_confirming_records_the_consent():
    requested_at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    row, token = make_pending(
        "ada@example.com", source="web", ip_hash="asked-from", requested_at=requested_at
    )
    row = known(subscription_confirm(token=token, ip="203.0.113.7"))
    assert row.status == "confirmed"
    assert row.shard == row.home_shard
    assert row.consent == {
        "text_version": CONSENT_TEXT_VERSION,
        "at": row.confirmed_at.isoformat(),
        "source": "web",
        "ip_hash": keyed_hash("203.0.113.7"),
        "requested_at": "2026-11-01T12:00:00+00:00",
        "requested_ip_hash": "asked-from",
    }


def test_confirming_twice_changes_nothing_the_second_time():
    _, token = make_pending("ada@example.com")
    first, second = confirm(token), confirm(token)
    assert (first.version, first.consent) == (second.version, second.consent)


def test_an_old_link_does_not_bring_back_somebody_who_left():
    row, token = make_pending("ada@example.com")
    confirm(token)
    subscription_leave(subscription_id=row.id)
    assert subscription_confirm(token=token) is None
    assert known(subscription_get(row.id)).status == "left"


def test_leaving_again_takes_back_what_waits_to_be_confirmed():
    row, token = make_pending("ada@example.com")
    confirm(token)
    subscription_leave(subscription_id=row.id)
    mail = known(subscription_request(request=make_request("ada@example.com")))
    subscription_leave(subscription_id=row.id)
    assert subscription_confirm(token=token_of(mail)) is None


def test_a_confirm_link_works_for_seven_days():
    with freeze_time(datetime.now(UTC) - timedelta(days=7, seconds=1)):
        from subscriptions.tokens import confirm_token

        row_id = "0190a000-0000-7000-8000-000000000001"
        token = confirm_token(row_id, round=0)
    assert subscription_confirm(token=token) is None


def test_confirming_a_subscription_that_is_gone_confirms_nobody():
    row, token = make_pending("ada@example.com")
    row.delete()
    assert subscription_confirm(token=token) is None


def test_leaving_is_safe_to_repeat():
    row = make_confirmed()
    first = known(subscription_leave(subscription_id=row.id))
    second = known(subscription_leave(subscription_id=row.id))
    assert first.status == "left"
    assert not first.shard
    assert second.version == first.version


def test_leaving_a_subscription_that_is_gone_is_no_error():
    assert subscription_leave(subscription_id="0190a000-0000-7000-8000-000000000001") is None


def test_leaving_does_not_weaken_a_bounce():
    row = make_confirmed()
    subscription_record_feedback(subscription_id=row.id, cause=StopCause.BOUNCE)
    assert known(subscription_leave(subscription_id=row.id)).status == "bounced"


@pytest.mark.parametrize(
    ("happenings", "result"),
    [
        (["bounced"], "bounced"),
        (["bounced", "bounced"], "bounced"),
        (["bounced", "complained"], "complained"),
        (["complained", "bounced"], "complained"),
    ],
)
def test_late_and_doubled_feedback_never_weakens_what_is_known(happenings, result):
    row = make_confirmed()
    for status in happenings:
        subscription_record_feedback(subscription_id=row.id, cause=CAUSES[status])
    row = known(subscription_get(row.id))
    assert row.status == result
    assert not row.shard


def test_feedback_on_a_mail_of_before_the_last_confirmation_is_too_late():
    row = make_confirmed()
    subscription_record_feedback(
        subscription_id=row.id,
        cause=StopCause.BOUNCE,
        mailed_at=row.confirmed_at - timedelta(minutes=1),
    )
    assert known(subscription_get(row.id)).status == "confirmed"


def test_simultaneous_changes_are_all_kept():
    row = make_confirmed()
    changes = [
        lambda: subscription_update(subscription_id=row.id, topics=["music"]),
        lambda: subscription_update(subscription_id=row.id, locale="fr"),
        lambda: subscription_update(subscription_id=row.id, timezone="Asia/Tokyo"),
        lambda: subscription_leave(subscription_id=row.id),
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda change: change(), changes))
    now = known(subscription_get(row.id))
    assert (now.topics, now.locale, now.timezone) == (["music"], "fr", "Asia/Tokyo")
    assert (now.status, now.version) == ("left", 5)


def test_who_loses_every_race_is_told_to_try_again(monkeypatch):
    row, _ = make_pending("ada@example.com")
    let_the_interval_pass(row)

    def lost(*_):
        raise ConflictError("Somebody else was first.")

    for module in (services, writing):
        monkeypatch.setattr(module, "put_next", lost)
    with pytest.raises(ConflictError):
        subscription_leave(subscription_id=row.id)
    with pytest.raises(ConflictError):
        subscription_request(request=make_request("ada@example.com"))


def test_what_was_chosen_before_confirming_holds_after_it():
    row, token = make_pending(topics=["music"])
    subscription_update(subscription_id=row.id, topics=["sports"])
    assert confirm(token).topics == ["sports"]


def test_updating_with_what_is_there_writes_nothing():
    row = make_confirmed(topics=["music"])
    assert known(subscription_update(subscription_id=row.id, topics=["music"])).version == 1


def test_a_confirmed_subscription_can_be_added_with_its_source():
    row = subscription_add_confirmed(email="Ada@example.com", source="fair of 2026")
    assert (row.status, row.shard) == ("confirmed", row.home_shard)
    assert row.consent["source"] == "fair of 2026"
    assert known(subscription_by_email("ada@EXAMPLE.com")).id == row.id


def test_adding_an_address_that_left_does_not_bring_it_back():
    row = make_confirmed("ada@example.com")
    subscription_leave(subscription_id=row.id)
    again = subscription_add_confirmed(email="ada@example.com", source="a list")
    assert (again.id, again.status) == (row.id, "left")


def test_a_request_goes_through_the_queue_whole():
    subscription_enqueue(
        email="Ada@example.com",
        topics=["music"],
        locale="de",
        timezone="Asia/Tokyo",
        frequency="weekly",
        source="web",
        ip="203.0.113.7",
    )
    from django.conf import settings

    [message] = sqs().receive_message(QueueUrl=settings.REQUESTS_QUEUE_URL)["Messages"]
    assert "203.0.113.7" not in message["Body"]
    request = request_parse(body=message["Body"], message_id=message["MessageId"])
    assert (request.email, request.topics) == ("Ada@example.com", ["music"])
    assert (request.locale, request.timezone) == ("de", "Asia/Tokyo")
    assert request.frequency == "weekly"
    assert (request.source, request.ip_hash) == ("web", keyed_hash("203.0.113.7"))
    assert json.loads(message["Body"])["at"] == request.requested_at.isoformat()


def test_what_is_no_address_is_never_queued():
    with pytest.raises(AddressError):
        subscription_enqueue(
            email="nobody",
            topics=[],
            locale="en",
            timezone="",
            frequency="at_once",
            source="web",
            ip="",
        )
