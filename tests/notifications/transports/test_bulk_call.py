import json

from botocore.serialize import create_serializer

from notifications.transports.bulk_call import entry, send_bulk_email
from tests.notifications.test_rendering import make_snapshot
from tests.notifications.transports.test_ses_bulk import make_mails


def test_the_body_is_the_one_that_the_sdk_would_make(sink, sink_and_client):
    _, client = sink_and_client
    mark = '"BulkEmailEntries": [] \\"BulkEmailEntries\\": [] ü – {{x}}'
    mails = make_mails(3, snapshot=make_snapshot(title=mark, description=mark))
    entries = [entry(mail) for mail in mails]
    send_bulk_email(client, mails[0].letter, entries)
    sent = sink.last_call
    operation = client.meta.service_model.operation_model("SendBulkEmail")
    parameters = {**sent, "BulkEmailEntries": entries}
    # The one field that has another form in the call than in Python.
    template = parameters["DefaultContent"]["Template"]
    (attachment,) = template["Attachments"]
    content = mails[0].letter.calendar.content
    parameters["DefaultContent"] = {
        "Template": {**template, "Attachments": [{**attachment, "RawContent": content}]}
    }
    request = create_serializer("rest-json").serialize_to_request(parameters, operation)
    assert json.loads(request["body"]) == sent
    assert [each["Destination"] for each in sent["BulkEmailEntries"]] == [
        {"ToAddresses": [mail.to]} for mail in mails
    ]


def test_two_calls_do_not_mix_their_entries(sink, sink_and_client):
    _, client = sink_and_client
    for number in (2, 1):
        mails = make_mails(number)
        results = send_bulk_email(client, mails[0].letter, [entry(mail) for mail in mails])
        assert len(results) == number
    assert sink.calls == [2, 1]
