import json
from dataclasses import replace
from itertools import pairwise

from botocore.serialize import create_serializer

from notifications.transports.bulk_call import (
    CALL_BYTES_MAX,
    entry,
    entry_json,
    in_calls,
    send_bulk_email,
)
from tests.notifications.test_rendering import make_snapshot
from tests.notifications.transports.test_ses_bulk import make_mails


def test_the_body_is_the_one_that_the_sdk_would_make(sink, sink_and_client):
    _, client = sink_and_client
    mark = '"BulkEmailEntries": [] \\"BulkEmailEntries\\": [] ü – {{x}}'
    mails = make_mails(3, snapshot=make_snapshot(title=mark, description=mark))
    entries = [entry(mail) for mail in mails]
    send_bulk_email(client, mails[0].letter, [entry_json(mail) for mail in mails])
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
        results = send_bulk_email(client, mails[0].letter, [entry_json(mail) for mail in mails])
        assert len(results) == number
    assert sink.calls == [2, 1]


def test_fifty_long_values_in_another_script_go_in_calls_that_ses_takes(sink):
    letter = make_mails(1)[0].letter
    mails = [replace(mail, letter=letter) for mail in make_mails(50)]
    # Two bytes a letter, and six where it is escaped.
    entries = [entry_json(mail).replace("@", "@" + "ж" * 12_000) for mail in mails]

    parts = [*in_calls(letter, mails, entries)]

    assert len(parts) > 1
    assert [mail for part in parts for mail in part.mails] == mails
    assert [each for part in parts for each in part.entries] == entries
    for part in parts:
        assert sum(len(each.encode()) for each in part.entries) < CALL_BYTES_MAX
    # As full as they can be: two neighbours would not fit into one.
    for one, other in pairwise(parts):
        first = sum(len(each.encode()) for each in [*one.entries, other.entries[0]])
        assert first > CALL_BYTES_MAX * 0.9


def test_a_body_is_never_more_than_what_was_reckoned(sink, sink_and_client):
    _, client = sink_and_client
    bodies = []
    client.meta.events.register_last(
        "before-send.sesv2.SendBulkEmail", lambda request, **_: bodies.append(request.body)
    )
    mails = make_mails(50, snapshot=make_snapshot(title="Ж" * 100, description="Ж" * 20_000))
    entries = [entry_json(mail) for mail in mails]
    for part in in_calls(mails[0].letter, mails, entries):
        send_bulk_email(client, mails[0].letter, part.entries)

    assert bodies
    assert max(map(len, bodies)) <= CALL_BYTES_MAX
