"""The sink is as strict as AWS, else it would prove nothing."""

import json

import botocore.exceptions
import pytest
from django.test import override_settings

from ivent_site import aws
from tests.sinks.ses import ses_sink

SENDER = "events@ivent.example"


@pytest.fixture(scope="module")
def running():
    with ses_sink() as sink:
        with override_settings(AWS_ENDPOINT_URL=sink.url):
            aws.sesv2.cache_clear()
            client = aws.sesv2()
            aws.sesv2.cache_clear()
        yield sink, client


@pytest.fixture
def sink(running):
    running[0].reset(sender=SENDER, configuration_set="known")
    return running[0]


@pytest.fixture
def client(running):
    return running[1]


def make_entry(**values):
    return {
        "Destination": {"ToAddresses": ["ann@example.com"]},
        "ReplacementTags": [{"Name": "subscriber", "Value": "1"}],
        "ReplacementEmailContent": {
            "ReplacementTemplate": {"ReplacementTemplateData": json.dumps({"name": "Ann"})}
        },
        "ReplacementHeaders": [{"Name": "List-Unsubscribe", "Value": "<mailto:x@example.com>"}],
        **values,
    }


def make_call(*entries, template=None, **values):
    return {
        "FromEmailAddress": f"Ivent <{SENDER}>",
        "ReplyToAddresses": [SENDER],
        "ConfigurationSetName": "known",
        "DefaultContent": {
            "Template": {
                "TemplateContent": {"Subject": "S", "Text": "Hi {{name}}", "Html": "<p>{{name}}"},
                "TemplateData": "{}",
                "Headers": [{"Name": "Precedence", "Value": "bulk"}],
                **(template or {}),
            }
        },
        "BulkEmailEntries": entries or [make_entry()],
        **values,
    }


def headers(number):
    return [{"Name": f"X-{at}", "Value": "x"} for at in range(number)]


def test_what_ses_takes_is_rendered(sink, client):
    reply = client.send_bulk_email(**make_call())
    assert [each["Status"] for each in reply["BulkEmailEntryResults"]] == ["SUCCESS"]
    (sent,) = sink.sent
    assert sent.message.get_body(("plain",)).get_content() == "Hi Ann\n"
    assert sent.message["Precedence"] == "bulk"
    assert sent.message["List-Unsubscribe"] == "<mailto:x@example.com>"
    assert sent.tags == {"subscriber": "1"}


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (make_call(*[make_entry()] * 51), "BadRequestException"),
        (make_call(make_entry(ReplacementHeaders=headers(15))), "BadRequestException"),
        (
            make_call(make_entry(ReplacementHeaders=[{"Name": "Message-ID", "Value": "<x>"}])),
            "BadRequestException",
        ),
        (
            make_call(make_entry(ReplacementHeaders=[{"Name": "X-A", "Value": "ü"}])),
            "BadRequestException",
        ),
        (
            make_call(make_entry(ReplacementTags=[{"Name": "a", "Value": "x.y"}])),
            "BadRequestException",
        ),
        (
            make_call(DefaultEmailTags=[{"Name": "a b", "Value": "x"}]),
            "BadRequestException",
        ),
        (make_call(template={"TemplateData": "{"}), "BadRequestException"),
        (
            make_call(
                make_entry(
                    ReplacementEmailContent={
                        "ReplacementTemplate": {"ReplacementTemplateData": "[]"}
                    }
                )
            ),
            "BadRequestException",
        ),
        (
            make_call(template={"TemplateContent": {"Subject": "", "Text": "x"}}),
            "BadRequestException",
        ),
        (make_call(ConfigurationSetName="other"), "NotFoundException"),
        (make_call(FromEmailAddress="other@example.com"), "MessageRejected"),
    ],
)
def test_what_ses_refuses_is_refused_and_nothing_is_sent(sink, client, call, code):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client.send_bulk_email(**call)
    assert caught.value.response["Error"]["Code"] == code
    assert sink.sent == []


def test_fifteen_headers_pass(sink, client):
    client.send_bulk_email(**make_call(make_entry(ReplacementHeaders=headers(14))))
    assert len(sink.sent) == 1


def test_a_missing_value_is_accepted_and_the_mail_dropped(sink, client):
    content = {"Subject": "S", "Text": "Hi {{other}}"}
    reply = client.send_bulk_email(**make_call(template={"TemplateContent": content}))
    assert [each["Status"] for each in reply["BulkEmailEntryResults"]] == ["SUCCESS"]
    assert (sink.sent, sink.dropped) == ([], ["ann@example.com"])


def test_values_of_the_template_and_of_the_entry_are_merged(sink, client):
    content = {"Subject": "S", "Text": "{{greeting}} {{name}}", "Html": "<p>"}
    data = json.dumps({"greeting": "Dear", "name": "reader"})
    client.send_bulk_email(**make_call(template={"TemplateContent": content, "TemplateData": data}))
    assert sink.sent[0].message.get_body(("plain",)).get_content() == "Dear Ann\n"


@pytest.mark.parametrize("address", ["ann", "ann@example.com, eve@example.com", "änn@example.com"])
def test_an_address_that_is_none_is_refused_for_itself(sink, client, address):
    entries = [make_entry(Destination={"ToAddresses": [each]}) for each in (address, "b@b.example")]
    reply = client.send_bulk_email(**make_call(*entries))
    assert [each["Status"] for each in reply["BulkEmailEntryResults"]] == [
        *("INVALID_PARAMETER", "SUCCESS")
    ]
