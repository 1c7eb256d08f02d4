import pytest

from subscriptions.selectors import (
    Recipient,
    home_shard_names,
    shard_recipients,
    still_confirmed,
    subscription_by_email,
    subscription_get,
)
from subscriptions.services import subscription_leave
from subscriptions.tables import SubscriptionRow
from tests.dynamodb_calls import dynamodb_calls
from tests.factories_subscriptions import known, make_confirmed, make_pending

pytestmark = pytest.mark.usefixtures("aws")


def test_shards_are_named_in_two_hexadecimal_digits(settings):
    assert home_shard_names()[0] == "00"
    assert home_shard_names()[-1] == "0f"
    settings.SHARD_COUNT = 256
    assert home_shard_names()[-1] == "ff"


def test_a_shard_is_walked_in_the_order_of_ids_without_gap_or_overlap():
    ids = sorted(make_confirmed(shard="00").id for _ in range(5))
    make_confirmed(shard="01")
    seen, after = [], ""
    while chunk := shard_recipients(shard="00", after=after, limit=2):
        seen += [each.id for each in chunk]
        after = seen[-1]
    assert seen == ids


@pytest.mark.parametrize("others", [0, 10])
def test_a_chunk_costs_one_query_however_many_there_are(others):
    for _ in range(others + 1):
        make_confirmed(shard="00")
    with dynamodb_calls() as calls:
        recipients = shard_recipients(shard="00", after="", limit=5)
    assert len(recipients) == min(others + 1, 5)
    assert calls == {"Query": 1}


def test_a_shard_holds_only_the_confirmed():
    row = make_confirmed(shard="00")
    make_pending()
    subscription_leave(subscription_id=row.id)
    assert [shard_recipients(shard=name, after="", limit=10) for name in home_shard_names()] == [
        []
    ] * 16


def test_a_recipient_is_all_a_mail_needs():
    row = make_confirmed(
        "Ada@münchen.example", topics=["music"], locale="de", timezone="Asia/Tokyo", shard="00"
    )
    expected = Recipient(
        id=row.id,
        email="Ada@xn--mnchen-3ya.example",
        locale="de",
        timezone="Asia/Tokyo",
        topics=("music",),
        frequency="at_once",
    )
    assert shard_recipients(shard="00", after="", limit=10) == [expected]
    assert still_confirmed([row.id]) == [expected]


def test_who_subscribed_before_there_was_a_choice_hears_at_once():
    row = make_confirmed(frequency="weekly", shard="00")
    assert [each.frequency for each in shard_recipients(shard="00", after="", limit=2)] == [
        "weekly"
    ]
    row.update(actions=[SubscriptionRow.frequency.remove()])
    [recipient] = shard_recipients(shard="00", after="", limit=2)
    assert (
        [recipient.frequency]
        == [each.frequency for each in still_confirmed([row.id])]
        == ["at_once"]
    )


def test_still_confirmed_leaves_out_who_left_and_who_never_was():
    stays, leaves = make_confirmed(), make_confirmed()
    pending, _ = make_pending()
    subscription_leave(subscription_id=leaves.id)
    gone = "0190a000-0000-7000-8000-000000000001"
    ids = [leaves.id, gone, stays.id, pending.id, stays.id]
    assert [each.id for each in still_confirmed(ids)] == [stays.id]
    assert still_confirmed([]) == []


def test_still_confirmed_takes_more_ids_than_one_batch():
    row = make_confirmed()
    ids = [f"0190a000-0000-7000-8000-{number:012d}" for number in range(150)]
    assert [each.id for each in still_confirmed([*ids, row.id])] == [row.id]


def test_a_subscription_is_found_by_id_and_by_any_spelling_of_its_address():
    row = make_confirmed("Ada@example.com")
    assert known(subscription_get(row.id)).email == "Ada@example.com"
    assert known(subscription_by_email("ADA@EXAMPLE.COM")).id == row.id
    assert subscription_by_email("bob@example.com") is None
    assert subscription_by_email("no address") is None
    assert subscription_get("nothing") is None
