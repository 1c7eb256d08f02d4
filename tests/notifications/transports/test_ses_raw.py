from typing import Any
from unittest import mock

import botocore.exceptions
import botocore.parsers
import pytest

from notifications.transports import RefusedError, UnknownOutcomeError, default_transport
from notifications.transports.ses_raw import SesRaw
from tests.notifications.test_rendering import make_snapshot, render
from tests.notifications.transports.calls import Calls

ENDPOINT = "http://127.0.0.1"


@pytest.fixture
def ses():
    with mock.patch("notifications.transports.ses_raw.ses") as client:
        yield client.return_value.send_raw_email


def client_error(code, message="", status=400):
    reply: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return botocore.exceptions.ClientError(reply, "SendRawEmail")


def mail(to="ann@example.com"):
    return render(make_snapshot(), email=to)


def test_the_settings_name_the_transport():
    assert isinstance(default_transport(), SesRaw)


def test_each_mail_is_one_call_with_its_tags(ses, settings):
    delivery = Calls()
    tagged = mail()
    object.__setattr__(tagged, "tags", {"announcement": "a_1", "chunk": "00_", "subscriber": "s"})
    SesRaw().send([tagged, mail("bert@example.com")], delivery)
    assert delivery.calls == 2
    assert delivery.reports == [("ann@example.com", ""), ("bert@example.com", "")]
    first, second = (call.kwargs for call in ses.call_args_list)
    assert (first["Source"], first["Destinations"]) == (settings.SENDER_EMAIL, ["ann@example.com"])
    raw = first["RawMessage"]["Data"]
    assert b"\r\nX-SES-MESSAGE-TAGS: announcement=a_1, chunk=00_, subscriber=s\r\n" in raw
    assert f"\r\nX-SES-CONFIGURATION-SET: {settings.SES_CONFIGURATION_SET}\r\n".encode() in raw
    assert b"X-SES-MESSAGE-TAGS" not in second["RawMessage"]["Data"]


@pytest.mark.usefixtures("aws")
def test_the_local_ses_takes_it():
    delivery = Calls()
    SesRaw().send([mail()], delivery)
    assert delivery.reports == [("ann@example.com", "")]


@pytest.mark.parametrize("code", ["MessageRejected", "InvalidParameterValue"])
def test_a_refused_mail_is_reported_and_the_next_one_is_sent(ses, code):
    ses.side_effect = [client_error(code), None]
    delivery = Calls()
    SesRaw().send([mail(), mail("bert@example.com")], delivery)
    assert delivery.reports == [("ann@example.com", code), ("bert@example.com", "")]


def test_an_address_that_no_header_takes_costs_no_call(ses):
    delivery = Calls()
    SesRaw().send([mail("änn@example.com"), mail()], delivery)
    assert delivery.reports == [("änn@example.com", "unmailable"), ("ann@example.com", "")]
    assert delivery.calls == 1


@pytest.mark.parametrize(
    ("error", "retryable"),
    [
        (client_error("Throttling", "Maximum sending rate exceeded."), True),
        (client_error("Throttling", "Daily message quota exceeded."), False),
        (client_error("ThrottlingException"), True),
        (client_error("ServiceUnavailable", status=503), True),
        (client_error("AccountSendingPausedException"), False),
        (client_error("ConfigurationSetDoesNotExist"), False),
        (client_error("AccessDenied", status=403), False),
        (client_error("MessageRejected", "Email address is not verified."), False),
        (botocore.exceptions.ConnectTimeoutError(endpoint_url=ENDPOINT), True),
        (botocore.exceptions.EndpointConnectionError(endpoint_url=ENDPOINT), True),
        (botocore.exceptions.NoCredentialsError(), False),
    ],
)
def test_a_refused_call_sends_nothing_and_says_whether_waiting_helps(ses, error, retryable):
    ses.side_effect = [None, error]
    delivery = Calls()
    with pytest.raises(RefusedError) as caught:
        SesRaw().send([mail(), mail("bert@example.com"), mail("carl@example.com")], delivery)
    assert caught.value.retryable is retryable
    assert delivery.reports == [("ann@example.com", "")]


@pytest.mark.parametrize(
    "error",
    [
        client_error("InternalFailure", status=500),
        client_error("", status=502),
        botocore.exceptions.ReadTimeoutError(endpoint_url=ENDPOINT),
        botocore.exceptions.ConnectionClosedError(endpoint_url=ENDPOINT),
        botocore.parsers.ResponseParserError(),
    ],
)
def test_whatever_may_have_been_accepted_is_unknown(ses, error):
    ses.side_effect = error
    with pytest.raises(UnknownOutcomeError):
        SesRaw().send([mail()], Calls())


def test_a_lost_reply_is_not_repeated_by_the_sdk():
    from ivent_site.aws import ses as client

    config: Any = client().meta.config
    assert config.retries["total_max_attempts"] == 1
