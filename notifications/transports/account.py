"""What SES allows the account.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
"""

import math
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from ivent_site.aws import sesv2

# The names that SES has for these reasons in its replies.
PAUSED: Final = "ACCOUNT_SENDING_PAUSED"
SUSPENDED: Final = "ACCOUNT_SUSPENDED"
QUOTA_SPENT: Final = "ACCOUNT_DAILY_QUOTA_EXCEEDED"
_SHUTDOWN: Final = "SHUTDOWN"


class AccountUnknownError(Exception):
    """SES did not say; a retry may help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Mails per second; how many more within this day, of how many; why none at all, or "".

    In the sandbox only verified readers may be mailed.
    """

    rate: float
    left: float = math.inf
    daily: float = math.inf
    stopped: str = ""
    sandbox: bool = False


def account_get() -> Account:
    """The account as SES sees it right now; AccountUnknownError if it does not say."""
    try:
        reply = sesv2().get_account()
        quota = reply["SendQuota"]
        most, rate = quota["Max24HourSend"], quota["MaxSendRate"]
        sent = quota["SentLast24Hours"]
    except (ClientError, BotoCoreError, KeyError) as err:
        raise AccountUnknownError(type(err).__name__) from err
    # -1 means that there is no quota.
    daily = math.inf if most < 0 else most
    left = max(daily - sent, 0)
    if reply.get("EnforcementStatus") == _SHUTDOWN:
        stopped = SUSPENDED
    elif not reply.get("SendingEnabled", True):
        stopped = PAUSED
    else:
        stopped = "" if left else QUOTA_SPENT
    sandbox = not reply.get("ProductionAccessEnabled", True)
    return Account(rate=rate, left=left, daily=daily, stopped=stopped, sandbox=sandbox)
