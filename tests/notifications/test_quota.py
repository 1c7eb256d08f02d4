import pytest

from notifications.quota import quota_text, sending_time
from notifications.transports.account import Account


@pytest.mark.parametrize(
    ("account", "told"),
    [
        (Account(rate=14), "about 12 min"),
        (Account(rate=1), "about 2.8 h"),
        (Account(rate=14, left=10_000, daily=50_000), "about 12 min"),
        (Account(rate=14, left=5_000, daily=50_000), "about 24.0 h"),
        (Account(rate=14, left=200, daily=200), "about 49 days"),
        (Account(rate=14, left=0, daily=0), ""),
        (None, ""),
    ],
)
def test_how_long_ten_thousand_mails_take_depends_on_the_rate_and_on_the_day_s_quota(account, told):
    assert sending_time(account, 10_000) == told


def test_what_is_left_of_the_day_is_written_as_people_write_numbers():
    assert quota_text(Account(rate=14, left=49_989.0)) == (
        "SES takes 14 mails a second, and 49,989 more within this day."
    )
