from dataclasses import replace
from typing import Any

import pytest

from ivent_site import aws
from notifications.confirmation_letters import confirmation_mail
from notifications.mails import in_order_of_letters
from notifications.rendering import Letters
from notifications.transports import RefusedError, UnknownOutcomeError, default_transport
from notifications.transports.ses_bulk import SesBulk
from subscriptions.enums import MailKind
from subscriptions.services import ConfirmationMail
from tests.notifications.test_rendering import make_recipient, make_snapshot
from tests.notifications.transports.calls import Calls

TAGS = {"announcement": "a_000001_published", "chunk": "00_"}


SNAPSHOT = make_snapshot()


def make_mails(number, *, snapshot=None, **recipient):
    snapshot = snapshot or make_snapshot()
    letters = Letters(
        announcement_id="a.000001.published",
        kind="published",
        event=snapshot.to_json(),
        changes=[],
    )
    locales = recipient.pop("locales", ("en",))
    result = []
    for at in range(number):
        reader = make_recipient(
            email=f"reader{at}@example.com", locale=locales[at % len(locales)], **recipient
        )
        result.append(letters.mail(reader, tags={**TAGS, "subscriber": reader.id}))
    return in_order_of_letters(result)


def send(mails):
    delivery = Calls()
    SesBulk().send(mails, delivery)
    return delivery


@pytest.fixture
def singles(monkeypatch):
    """Whom the transport for single messages was given."""
    given = []

    def send(self, mails, delivery):
        for mail in mails:
            delivery.before_call([mail])
            given.append(mail.to)
            delivery.report(mail)

    monkeypatch.setattr("notifications.transports.ses_bulk.SesRaw.send", send)
    return given


def test_the_settings_name_the_transport(settings):
    settings.MAIL_TRANSPORT = "ses_bulk"
    assert isinstance(default_transport(), SesBulk)


def test_fifty_mails_are_one_call_and_each_has_its_tags(sink, settings):
    mails = make_mails(51)
    delivery = send(mails)
    assert sink.calls == [50, 1]
    assert delivery.calls == 2
    assert delivery.reports == [(mail.to, "") for mail in mails]
    assert [each.tags for each in sink.sent] == [mail.tags for mail in mails]
    assert {each.configuration_set for each in sink.sent} == {settings.SES_CONFIGURATION_SET}
    assert sink.dropped == []


def test_each_language_is_a_call(sink):
    mails = make_mails(7, locales=("en", "de"))
    delivery = send(mails)
    assert sink.calls == [4, 3]
    assert delivery.calls == 2
    assert [each.message["Content-Language"] for each in sink.sent] == ["en"] * 4 + ["de"] * 3


def test_time_zones_share_a_call(sink):
    zones = ("Asia/Tokyo", "America/New_York")
    first, second = (make_mails(1, snapshot=SNAPSHOT, timezone=zone)[0] for zone in zones)
    send([first, replace(second, letter=first.letter)])
    assert sink.calls == [2]
    for each, zone in zip(sink.sent, ("Asia/Tokyo", "America/New York"), strict=True):
        for kind in ("plain", "html"):
            assert zone in each.message.get_body((kind,)).get_content()


def test_braces_in_a_title_are_text(sink):
    send(make_mails(1, snapshot=make_snapshot(title="Use {{name}} and {%x%}")))
    assert sink.sent[0].message["Subject"] == "New event: Use {{name}} and {%x%}"


@pytest.mark.parametrize("name", ["Verein für Grüße, e.V.", "Smith, Jones & Co", "Ü" * 70])
def test_an_organisation_with_any_name_is_a_sender(sink, settings, name):
    settings.ORGANISATION = name
    send(make_mails(1))
    (sender,) = sink.sent[0].message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, settings.SENDER_EMAIL)


def test_a_confirmation_mail_goes_out_too(sink):
    link = "https://ivent.example/confirm/token"
    due = ConfirmationMail(kind=MailKind.CONFIRM, recipient=make_recipient(), confirm_url=link)
    assert send([confirmation_mail(due)]).reports == [("ann@example.com", "")]
    (sent,) = sink.sent
    assert link in sent.message.get_body(("plain",)).get_content()
    assert [*sent.message.iter_attachments()] == []


def test_a_refused_entry_is_reported_and_its_neighbours_are_sent(sink):
    sink.script = [["", "MESSAGE_REJECTED", "INVALID_PARAMETER", "FAILED", ""]]
    mails = make_mails(5)
    assert [refusal for _, refusal in send(mails).reports] == [
        *("", "MESSAGE_REJECTED", "INVALID_PARAMETER", "FAILED", "")
    ]


@pytest.mark.parametrize("status", ["ACCOUNT_THROTTLED", "TRANSIENT_FAILURE"])
def test_an_entry_that_may_be_tried_again_is_not_reported_and_those_behind_it_are(sink, status):
    sink.script = [["", status, ""]]
    delivery, mails = Calls(), make_mails(3)
    with pytest.raises(RefusedError) as caught:
        SesBulk().send(mails, delivery)
    assert (caught.value.reason, caught.value.retryable) == (status, True)
    assert delivery.reports == [(mails[0].to, ""), (mails[2].to, "")]


@pytest.mark.parametrize(
    "status",
    [
        *("MAIL_FROM_DOMAIN_NOT_VERIFIED", "CONFIGURATION_SET_NOT_FOUND", "ACCOUNT_SUSPENDED"),
        *("ACCOUNT_DAILY_QUOTA_EXCEEDED", "ACCOUNT_SENDING_PAUSED"),
        *("CONFIGURATION_SET_SENDING_PAUSED", "INVALID_SENDING_POOL_NAME"),
    ],
)
def test_a_status_about_the_account_stops_everything_and_fails_nobody(sink, status):
    sink.script = [["", status, "ACCOUNT_THROTTLED"]]
    delivery, mails = Calls(), make_mails(3)
    with pytest.raises(RefusedError) as caught:
        SesBulk().send(mails, delivery)
    assert (caught.value.reason, caught.value.retryable) == (status, False)
    assert delivery.reports == [(mails[0].to, "")]


def test_a_status_that_nobody_knows_is_an_unknown_outcome_of_that_mail(sink):
    sink.script = [["", "ODD", ""]]
    delivery, mails = Calls(), make_mails(3)
    with pytest.raises(UnknownOutcomeError) as caught:
        SesBulk().send(mails, delivery)
    assert caught.value.mails == [mails[1]]
    assert delivery.reports == [(mails[0].to, ""), (mails[2].to, "")]


def test_the_sandbox_stops_everything_and_fails_nobody(sink):
    sink.sandbox, sink.verified = True, {"reader0@example.com"}
    delivery, mails = Calls(), make_mails(2)
    with pytest.raises(RefusedError) as caught:
        SesBulk().send(mails, delivery)
    assert caught.value.retryable is False
    assert delivery.reports == [(mails[0].to, "")]


@pytest.mark.parametrize(
    ("fault", "retryable"),
    [
        *(("throttle", True), ("daily", False), ("quota", False)),
        *(("paused", False), ("suspended", False)),
    ],
)
def test_a_refused_call_sends_nothing_and_says_whether_waiting_helps(sink, fault, retryable):
    sink.script = ["", fault]
    delivery = Calls()
    mails = make_mails(4, locales=("en", "de"))
    with pytest.raises(RefusedError) as caught:
        SesBulk().send(mails, delivery)
    assert caught.value.retryable is retryable
    assert delivery.reports == [(mails[0].to, ""), (mails[1].to, "")]
    assert len(sink.sent) == 2


def test_an_unverified_sender_stops_everything(sink):
    sink.senders = {"other@example.com"}
    with pytest.raises(RefusedError) as caught:
        send(make_mails(1))
    assert caught.value.retryable is False


def test_an_unknown_configuration_set_stops_everything(sink, settings):
    settings.SES_CONFIGURATION_SET = "other"
    with pytest.raises(RefusedError) as caught:
        send(make_mails(1))
    assert (caught.value.reason, caught.value.retryable) == ("NotFoundException", False)


@pytest.mark.parametrize(("fault", "sent"), [("cut", 4), ("error", 2)])
def test_whatever_may_have_been_accepted_is_unknown_and_no_other_call_is(sink, fault, sent):
    sink.script = ["", fault]
    delivery = Calls()
    mails = make_mails(6, locales=("en", "de", "fr"))
    with pytest.raises(UnknownOutcomeError) as caught:
        SesBulk().send(mails, delivery)
    assert caught.value.mails == mails[2:4]
    assert delivery.reports == [(mail.to, "") for mail in mails[:2]]
    # Not repeated by the SDK either.
    assert sink.calls == [2, 2]
    assert len(sink.sent) == sent


def test_nobody_at_the_other_end_is_a_refusal(settings):
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:1"
    aws.sesv2.cache_clear()
    try:
        with pytest.raises(RefusedError) as caught:
            send(make_mails(1))
    finally:
        aws.sesv2.cache_clear()
    assert caught.value.retryable is True


def test_a_call_that_is_refused_for_its_content_goes_one_by_one(sink, singles):
    sink.script = ["bad"]
    mails = make_mails(3)
    delivery = send(mails)
    assert singles == [mail.to for mail in mails]
    assert delivery.reports == [(mail.to, "") for mail in mails]


@pytest.mark.parametrize(
    "odd",
    [
        {"to": '"a b"@example.com'},
        {"to": "a@example.com, b@example.com"},
        {"to": "=?utf-8?q?a?=@example.com"},
        {"tags": {"subscriber": "a b"}},
        {"headers": {"List-Unsubscribe": "<mailto:ü@example.com>"}},
        {"headers": {"List-Unsubscribe": "x" * 1000}},
        {"values": {}},
    ],
)
def test_what_a_bulk_call_cannot_carry_goes_by_itself(sink, singles, odd):
    mails = make_mails(3)
    mails[1] = replace(mails[1], **odd)
    delivery = send(mails)
    assert singles == [mails[1].to]
    assert sink.calls == [2]
    assert sorted(delivery.reports) == sorted((mail.to, "") for mail in mails)


def test_a_letter_that_a_bulk_call_cannot_carry_goes_by_itself(sink, singles):
    mails = make_mails(2)
    letter = replace(mails[0].letter, headers={**mails[0].letter.headers, "List-Id": "<ü>"})
    send([replace(mail, letter=letter) for mail in mails])
    assert singles == [mail.to for mail in mails]
    assert sink.calls == []


@pytest.mark.usefixtures("aws")
def test_the_local_ses_takes_it():
    delivery = send(make_mails(50))
    assert delivery.reports == [(f"reader{at}@example.com", "") for at in range(50)]


def test_a_lost_reply_is_not_repeated_by_the_sdk():
    config: Any = aws.sesv2().meta.config
    assert config.retries["total_max_attempts"] == 1
