"""A subscriber is found by parts of the name and address, at the same cost among any number."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.connection import Connection

from ivent_site.dynamodb.parts import part_rows
from ivent_site.dynamodb.writes import ConflictError
from subscriptions.models import Subscription
from subscriptions.privacy import person_erase
from subscriptions.reindexing import PAGE
from subscriptions.search import (
    PARTS_MAX,
    search_fold,
    search_parts,
    search_text,
    search_words,
)
from subscriptions.selectors import subscription_get, subscriptions_found
from subscriptions.services import (
    subscription_correct,
    subscription_leave,
    subscription_request,
    subscription_update,
)
from subscriptions.tables import SearchRow, SubscriptionRow
from tests.dynamodb_calls import dynamodb_calls
from tests.dynamodb_in_process import rows_put
from tests.factories_subscriptions import (
    confirm,
    known,
    make_confirmed,
    make_pending,
    make_request,
    search_entries,
)

FEW, MANY = 20, 20_000


def found(text: str, *, limit: int = 100) -> list[str]:
    """The addresses that a search finds, through all its pages."""
    emails, after = [], None
    while True:
        page = subscriptions_found(text=text, limit=limit, after_key=after)
        emails += [each.email for each in page.found]
        after = page.next_key
        if after is None:
            return emails


@contextmanager
def write_units() -> Iterator[Counter[str]]:
    """The write units of the block by operation, as DynamoDB reports them."""
    units: Counter[str] = Counter()
    dispatch = Connection.dispatch

    def counted(self: Connection, operation: str, kwargs: dict[str, Any]) -> Any:
        reply = dispatch(self, operation, kwargs)
        told = reply.get("ConsumedCapacity") or []
        if operation in {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}:
            for each in told if isinstance(told, list) else [told]:
                units[operation] += round(each["CapacityUnits"])
        return reply

    with mock.patch.object(Connection, "dispatch", counted):
        yield units


def entries() -> list[SearchRow]:
    return list(SearchRow.scan())


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ána", "ana"),
        ("Straße", "strasse"),
        ("İSTANBUL", "istanbul"),
        ("ısparta", "isparta"),
        ("Łódź Øre Þór", "lodz ore thor"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("Ana.Silva_b+news-x@Mail.Example", "ana silva b news x@mail example"),
        ("@example.org", "example org"),
        ("a@xn--mnchen-3ya.example", "a@munchen example"),
        ("a@MÜNCHEN.example", "a@munchen example"),
        ("मोहन", "मोहन"),
        ("🎉 \x00", ""),
    ],
)
def test_case_accents_and_punctuation_do_not_count(text, folded):
    assert search_fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert search_fold(search_fold(text)) == search_fold(text)


@given(st.text(max_size=100), st.from_regex(r"[A-Za-z0-9._+-]{1,64}", fullmatch=True))
def test_a_subscriber_has_a_bounded_number_of_entries_of_bounded_keys(name, local):
    text = search_text(name=name, email=f"{local}@example.com")
    rows = list(part_rows(SearchRow, owner="x" * 36, text=text, parts=search_parts(text)))
    assert len(rows) <= PARTS_MAX
    assert all(row.initial and len(row.key.encode()) <= 1024 for row in rows)


@pytest.mark.parametrize(
    ("name", "email", "number"),
    [
        ("", "ana@example.com", 2),
        ("", "mariana.silva@example.com", 11),
        # The name says no more than the address.
        ("Mariana Silva", "mariana.silva@example.com", 11),
        ("Mariana Silva", "ms@uni-bonn.example", 13),
    ],
)
def test_what_a_subscriber_costs_is_known(name, email, number):
    assert len(search_parts(search_text(name=name, email=email))) == number


@pytest.mark.parametrize(
    ("name", "email", "units"),
    [
        ("", "ana@example.com", 15),
        ("Mariana Silva", "mariana.silva@example.com", 33),
        ("Mariana Silva", "ms@uni-bonn.example", 37),
        ("x y" * 33, "abcdefghijklmnopqrstuvwxyz" * 2 + "@example.com", 91),
    ],
)
def test_a_new_subscriber_takes_a_known_number_of_write_units(aws, name, email, units):
    with write_units() as written:
        make_confirmed(email, name=name)
    assert written == {"TransactWriteItems": units}


def test_a_change_of_name_writes_its_entries_and_no_other_change_does(aws):
    row = make_confirmed("ana@example.com", name="Ana Silva")
    with write_units() as written:
        subscription_update(subscription_id=row.id, name="Ana Souza")
    assert written["TransactWriteItems"] <= 35
    with write_units() as written:
        subscription_update(subscription_id=row.id, timezone="Asia/Tokyo")
    assert written.total() <= 5


@pytest.mark.parametrize("text", ["", " ", "a", "a b", "@", "..", "🎉🎉"])
def test_what_is_too_short_is_not_searched_for(aws, text):
    make_confirmed("a@example.com")
    assert search_words(text) == []
    with dynamodb_calls() as calls:
        assert found(text) == []
    assert calls == {}


@pytest.mark.parametrize(
    "text",
    [
        "ana",
        "ANA",
        "Mar",
        "riána",
        "Silva",
        "mari ilv a",
        "m.silva",
        "silva mariana",
        "m.silva+news@mail.uni-bonn.example",
        "@mail.uni-bonn.example",
        "uni-bonn",
        "bonn",
        "news",
        "ews@mail.uni",
    ],
)
def test_a_part_of_the_name_or_address_finds_the_subscriber(aws, text):
    email = "m.silva+news@mail.uni-bonn.example"
    make_confirmed(email, name="Mariána Sílva")
    make_confirmed("bob@example.org", name="Bob Dylan")
    assert found(text) == [email]


@pytest.mark.parametrize("text", ["anna", "silva bob", "example", "onn", "silvam", "mariana onn"])
def test_other_texts_do_not(aws, text):
    make_confirmed("m.silva@mail.uni-bonn.example", name="Mariana Silva")
    make_confirmed("bob@bob.test")
    assert found(text) == []


def test_each_subscriber_is_found_once_in_order_across_pages(aws):
    for number in range(7):
        make_confirmed(f"ana{number}.anabel@example.com", name=f"Ana Banana {number}")
    make_confirmed("zoe@example.com")
    once = found("ana")
    assert once == [f"ana{number}.anabel@example.com" for number in range(7)]
    assert found("ana", limit=1) == found("ana", limit=3) == once


def test_many_searches_find_what_comparing_every_subscriber_finds(aws):
    chance = random.Random(20)
    words = ["ana", "Anna", "maria", "Mari", "silva", "Sílvia", "li", "an", "o'neil", "de"]
    people = {
        f"{'.'.join(chance.sample(words, 2)).lower().replace('í', 'i')}{number}@an-na.example": (
            " ".join(chance.sample(words, chance.randrange(4)))
        )
        for number in range(60)
    }
    for email, name in people.items():
        make_confirmed(email, name=name)
    texts = {email: search_text(name=name, email=email) for email, name in people.items()}
    for _ in range(60):
        word = search_fold(chance.choice(words))
        start = chance.randrange(max(len(word) - 2, 1))
        part = word[start : start + chance.randrange(2, 5)].strip()
        if len(part) < 2:
            continue
        expected = {
            email
            for email, text in texts.items()
            if any(each.startswith(part) for each in search_parts(text))
        }
        # Of three characters and more no match is missed anywhere but in a domain.
        if len(part) >= 3:
            assert expected >= {e for e, text in texts.items() if part in text.partition("@")[0]}
        assert sorted(found(part, limit=7)) == sorted(expected)


def test_a_change_of_name_is_found_at_once_and_the_old_name_no_longer(aws):
    row = make_confirmed("ana@example.com", name="Ana Silva")
    subscription_update(subscription_id=row.id, name="Ana Souza")
    assert found("silva") == []
    assert found("souza") == found("ana@") == ["ana@example.com"]
    changed = known(subscription_get(row.id))
    subscription_correct(
        subscription_id=row.id,
        version=int(changed.version),
        topics=[],
        locale="en",
        timezone="",
        name="",
    )
    assert found("souza") == []
    assert found("example") == ["ana@example.com"]
    assert len(entries()) == 2


def test_other_changes_write_no_entries(aws):
    row = make_confirmed("ana@example.com", name="Ana Silva")
    with dynamodb_calls() as calls:
        subscription_leave(subscription_id=row.id)
    before = {each.key for each in entries()}
    assert calls == {"GetItem": 1, "TransactWriteItems": 1}
    assert {each.key for each in entries()} == before
    assert found("silva") == ["ana@example.com"]


def test_a_name_that_was_asked_for_counts_once_it_is_confirmed(aws):
    row, token = make_pending("ana@example.com", name="Ana")
    confirm(token)
    subscription_leave(subscription_id=row.id)
    mail = known(
        subscription_request(request=make_request("ana@example.com", name="Somebody Else"))
    )
    assert found("somebody") == []
    confirm(mail.confirm_url.rpartition("/")[2])
    assert found("somebody") == ["ana@example.com"]
    assert known(subscription_get(row.id)).name == "Somebody Else"


def test_a_request_without_a_name_keeps_the_one_that_is_known(aws):
    row, token = make_pending("ana@example.com", name="Ana")
    confirm(token)
    subscription_leave(subscription_id=row.id)
    mail = known(subscription_request(request=make_request("ana@example.com")))
    confirm(mail.confirm_url.rpartition("/")[2])
    assert known(subscription_get(row.id)).name == "Ana"


def test_a_lost_race_leaves_no_entry_behind(aws, monkeypatch):
    def refuse(**_: int) -> None:
        raise ConflictError("Somebody else was first.")

    monkeypatch.setattr("subscriptions.writing.daily_add", refuse)
    with pytest.raises(ConflictError):
        make_confirmed("ana@example.com")
    assert entries() == []


def test_an_erased_subscriber_leaves_no_entry(aws):
    row = make_confirmed("ana@example.com", name="Ana Silva")
    subscription_update(subscription_id=row.id, name="Anna Souza")
    person_erase(email="ana@example.com")
    assert entries() == []
    assert found("ana") == []


def test_an_entry_whose_row_is_gone_finds_nothing(aws):
    make_confirmed("ana@example.com").delete()
    assert found("ana") == []


def test_rows_of_before_the_search_are_found_once_the_command_has_run(aws):
    rows_put(_rows(PAGE + 5))
    # As an item of before there were names.
    old = known(make_confirmed("old@example.com"))
    old.update(actions=[SubscriptionRow.name.remove()])
    for entry in entries():
        entry.delete()
    out = StringIO()
    call_command("reindex_subscribers", pages=1, stdout=out)
    assert "Not done yet." in out.getvalue()
    after = out.getvalue().partition("--after '")[2].partition("'")[0]
    call_command("reindex_subscribers", after=after, stdout=out)
    assert out.getvalue().endswith("6 subscribers can be found.\n")
    assert found("old") == ["old@example.com"]
    assert len(found("reader")) == PAGE + 5


def test_the_command_writes_nothing_of_a_subscriber_who_is_erased_meanwhile(aws, monkeypatch):
    row = make_confirmed("ana@example.com")
    stale = known(subscription_get(row.id))
    person_erase(email="ana@example.com")
    answers = iter([stale, None])
    monkeypatch.setattr("subscriptions.reindexing.subscription_get", lambda _: next(answers))
    monkeypatch.setattr(
        "subscriptions.reindexing.subscriptions_page",
        lambda **_: type("Page", (), {"rows": [stale], "next_key": None}),
    )
    call_command("reindex_subscribers", stdout=StringIO())
    assert entries() == []


def test_a_search_costs_the_same_among_few_and_among_many(aws):
    costs: dict[str, list[dict[str, int]]] = {}
    for number in (FEW, MANY):
        rows = list(_rows(number))
        rows_put(rows)
        rows_put(entry for row in rows for entry in search_entries(row))
        for text in ("reader1", "reader", "ader1", "no.such", "example", "er1 reader"):
            with dynamodb_calls() as calls:
                subscriptions_found(text=text, limit=50)
            costs.setdefault(text, []).append(dict(calls))
    search = {"Query": 1, "BatchGetItem": 1}
    assert costs == {text: [search] * 2 for text in costs} | {"no.such": [{"Query": 1}] * 2}


def test_a_search_beside_other_conditions_looks_at_the_rows(aws):
    make_confirmed("ana@example.com", locale="de")
    make_confirmed("anna@example.com")
    queryset = Subscription.objects.filter(searched__icontains="an", locale="de")
    assert [each.email for each in queryset] == ["ana@example.com"]
    assert Subscription.objects.filter(searched__icontains="an").count() == 2


def _rows(number: int) -> list[SubscriptionRow]:
    at = make_request().requested_at
    return [
        SubscriptionRow(
            id=f"00000000-0000-7000-8000-{each:012}",
            email=f"reader{each}@example.com",
            email_key=f"reader{each}@example.com",
            status="confirmed",
            created_at=at,
            updated_at=at,
            home_shard="00",
        )
        for each in range(number)
    ]
