"""The counted targets, held with a small announcement; `make bench` measures large ones."""

from tests.benchmarks.capacity import Index, Item, item_bytes, read_units, write_units
from tests.benchmarks.counting import count, count_feedback, count_way, profile
from tests.benchmarks.figures import Figure, table
from tests.benchmarks.ways import SentRow, common, ours

N = 1_000


def test_fifty_readers_cost_a_query_a_claim_and_a_send(aws):
    counts, more = (count(number=number) for number in (N, 2 * N))
    assert counts.by_name["sesv2.SendBulkEmail"] == 20
    # At this rate one Query reads for four of them. And beside them: the announcement, the
    # account's rate, the shard's end, its sums, and the day's.
    assert counts.calls == 40 + 5 + 5
    # The announcement, with what it tells of its times, is a little longer than 1 KB: two units.
    assert counts.writes == 20 + 7
    assert counts.reads <= 19
    # And once per announcement.
    assert counts.planning_calls <= 9
    assert counts.planning_writes <= 10
    assert (more.calls - counts.calls) / N <= 0.046
    assert (more.writes - counts.writes) / N <= 0.021
    assert (more.reads - counts.reads) / N <= 0.018


def test_readers_of_four_languages_share_a_claim_and_fill_their_calls(aws):
    counts = count(number=N, languages=4)
    # Chunks of 197: the first language has fifty then.
    assert counts.by_name["sesv2.SendBulkEmail"] == 6 * 4
    assert counts.calls - counts.by_name["sesv2.SendBulkEmail"] <= 6 + 6 + 5
    assert counts.writes <= 30


def test_the_events_of_ordinary_mails_cause_no_write(aws):
    assert count_feedback(number=100, batch=10).writes == 0


def test_a_recipient_costs_few_function_calls(aws):
    profile(ours, 50)
    assert profile(ours, 500).python_calls <= 300


def test_the_common_way_costs_two_calls_and_a_write(aws):
    SentRow.create_table(wait=True)
    meter = count_way(common, 20)
    SentRow.delete_table()
    assert meter.calls == {"dynamodb.Query": 1, "dynamodb.PutItem": 20, "sesv2.SendEmail": 20}
    assert meter.writes == 20


def test_an_item_is_as_large_as_dynamodb_says():
    item: Item = {
        "id": {"S": "é"},
        "n": {"N": "-12.50"},
        "b": {"B": b"1234"},
        "m": {"M": {"a": {"BOOL": True}}},
        "l": {"L": [{"NULL": True}]},
        "s": {"SS": ["ab", "c"]},
    }
    sizes = [2 + 2, 1 + 4, 1 + 4, 1 + 3 + 1 + 1 + 1, 1 + 3 + 1 + 1, 1 + 3]
    assert item_bytes(item) == sum(sizes)


def test_units_are_rounded_up():
    kilobyte: Item = {"k": {"S": "x" * 1023}}
    assert write_units({}, kilobyte) == 1
    assert write_units(kilobyte, {"kk": {"S": "x" * 1023}}) == 2
    assert write_units({}, kilobyte, transaction=True) == 2
    assert [read_units(size, consistent=True) for size in (0, 4096, 4097)] == [1, 1, 2]
    assert read_units(4097, consistent=False) == 1


def test_an_index_costs_only_what_changes_in_it():
    index = Index(("k",), frozenset({"id", "k"}))
    old = {"id": {"S": "1"}, "k": {"S": "a"}, "other": {"S": "x"}}
    assert index.write_units({}, old) == 1
    assert index.write_units(old, {**old, "other": {"S": "y"}}) == 0
    assert index.write_units(old, {**old, "k": {"S": "b"}}) == 2
    assert index.write_units(old, {"id": {"S": "1"}}) == 1


def test_a_missed_target_shows():
    missed, met = (
        Figure(name="calls", ours=ours, target=0.061, common=2) for ours in (0.0616, 0.0614)
    )
    assert (missed.met, met.met) == (False, True)
    cells = [cell.strip() for cell in table([missed]).splitlines()[2].split("|")]
    assert cells == ["", "calls", "≤ 0.061", "0.062", "2.000", "", "NO", ""]
