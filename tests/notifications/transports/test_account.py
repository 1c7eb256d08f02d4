import math

import pytest

from notifications.transports.account import Account, AccountUnknownError, account_get


def test_the_account_has_a_rate_and_a_rest_of_its_quota(sink):
    sink.rate, sink.quota = 14.0, 200.0
    assert account_get() == Account(rate=14.0, left=200.0, daily=200.0)


def test_a_quota_of_minus_one_is_none(sink):
    sink.quota = -1.0
    assert account_get() == Account(rate=200.0, left=math.inf)


@pytest.mark.parametrize(
    ("values", "stopped"),
    [
        ({"sending_enabled": False}, "ACCOUNT_SENDING_PAUSED"),
        ({"enforcement": "SHUTDOWN"}, "ACCOUNT_SUSPENDED"),
        ({"enforcement": "SHUTDOWN", "sending_enabled": False}, "ACCOUNT_SUSPENDED"),
        ({"quota": 0.0}, "ACCOUNT_DAILY_QUOTA_EXCEEDED"),
        ({"enforcement": "PROBATION"}, ""),
    ],
)
def test_an_account_that_may_not_send_says_why(sink, values, stopped):
    vars(sink).update(values)
    assert account_get().stopped == stopped


def test_the_sandbox_is_known(sink):
    sink.sandbox = True
    assert account_get().sandbox is True


@pytest.mark.usefixtures("aws")
def test_the_local_account_answers():
    account = account_get()
    assert (account.rate, account.stopped, account.sandbox) == (14.0, "", False)


def test_an_account_that_does_not_answer_is_unknown(sink):
    sink.account_fault = "error"
    with pytest.raises(AccountUnknownError):
        account_get()
