import re
from unittest import mock

import pytest

from notifications.tables import AnnouncementRow, CountRow
from notifications.tally import Sums
from tests.dynamodb_calls import dynamodb_calls
from tests.events.staff import signed_in, text
from tests.notifications.sending import FakeSes, make_announcement, make_readers, walk

pytestmark = pytest.mark.usefixtures("aws")

LIST = "/admin/notifications/announcement/"


@pytest.fixture
def viewer():
    with signed_in("viewers") as client:
        yield client


def test_the_newest_announcement_comes_first(viewer):
    make_announcement(title="First fair")
    make_announcement(title="Second fair")
    page = text(viewer.get(LIST))
    assert 0 < page.index("Second fair") < page.index("First fair")


def test_an_id_longer_than_any_is_that_of_no_announcement(viewer):
    assert viewer.get(f"{LIST}{'x' * 3000}/live/").status_code == 404


def test_the_list_filters_by_state(viewer):
    make_announcement(title="First fair")
    assert "First fair" in text(viewer.get(LIST, {"state__exact": "sending"}))
    assert "First fair" not in text(viewer.get(LIST, {"state__exact": "done"}))


def numbers(client, row, **asked):
    """The numbers of the live part, by their labels."""
    found = text(client.get(f"{LIST}{row.id}/live/", asked))
    lines = re.findall(r'<th scope="row">(?:<span[^>]*></span>)?(.+?)</th><td>(\d+)</td>', found)
    return {label: int(number) for label, number in lines}


def test_the_live_part_shows_numbers_that_add_up(viewer, clock):
    make_readers(3)
    row = make_announcement()
    walk(row, FakeSes("", "reject"), clock)
    assert numbers(viewer, row) == {
        "sent": 2,
        "refused by SES": 1,
        "had left before their turn": 0,
        "under way or in doubt": 0,
        "parked for you to decide": 0,
        "together: the audience": 3,
        "bounced for good": 0,
        "complained": 0,
    }


def test_large_numbers_are_separated_for_people_alone(viewer):
    row = make_announcement()
    sums = Sums(audience=12_345, sent=12_345).as_map()
    row.update(actions=[AnnouncementRow.shards.set({"00": sums})])
    page = text(viewer.get(f"{LIST}{row.id}/live/"))
    assert "12,345 of about 12,345 readers" in page
    assert "<td>12,345</td>" in page
    assert "expected=12345" in page


def test_of_very_many_under_way_the_page_reads_only_the_first(viewer, clock):
    make_readers(120)
    row = make_announcement()
    with mock.patch("notifications.fanout.shard_fold"):
        walk(row, FakeSes(), clock)
    assert numbers(viewer, row)["have had their turn"] == 120
    with mock.patch("notifications.progress.CHUNKS_MAX", 2):
        assert numbers(viewer, row)["have had their turn"] == 100
        assert "(at least:" in text(viewer.get(f"{LIST}{row.id}/live/"))


def test_the_live_part_shows_how_the_mails_were_received(viewer):
    row = make_announcement()
    CountRow(f"announcement#{row.id}", "0", bounced=2).save()
    CountRow(f"announcement#{row.id}", "1", bounced=1, complained=1).save()
    shown = numbers(viewer, row)
    assert (shown["bounced for good"], shown["complained"]) == (3, 1)


def test_nobody_changes_announcements_by_hand():
    row = make_announcement()
    with signed_in("admins") as client:
        assert client.get(f"{LIST}add/").status_code == 403
        assert client.post(f"{LIST}{row.id}/change/", {"kind": "changed"}).status_code == 403
        assert client.post(f"{LIST}{row.id}/delete/", {"post": "yes"}).status_code == 403


def test_the_list_of_all_costs_the_same_for_many(viewer):
    for expected in (1, 3):
        make_announcement()
        make_announcement()
        with dynamodb_calls() as calls:
            assert viewer.get(LIST).status_code == 200
        # Who it is, and the breaker; the keys of the page, and what they stand for.
        assert calls == {"GetItem": 2, "Query": 1, "BatchGetItem": 1}, expected


def test_the_list_of_all_goes_on_page_by_page(viewer):
    rows = [make_announcement(title=f"Fair {number}") for number in range(5)]
    with mock.patch("notifications.admin.AnnouncementAdmin.list_per_page", 2):
        shown, url = [], LIST
        while url:
            response = viewer.get(url)
            page = response.context["cl"]
            shown += [each.pk for each in page.result_list]
            url = page.next_url and f"{LIST}{page.next_url}"
    assert shown == [row.id for row in reversed(rows)]
