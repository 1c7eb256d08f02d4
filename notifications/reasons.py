"""Why an announcement stands still, in words for those who look after it."""

from notifications.enums import Reason

_WORDS = {
    Reason.BY_HAND: "Somebody paused it here. It goes on when somebody resumes it.",
    Reason.BREAKER: (
        "Too many mails of the last day bounced or were complained about. It goes on by itself"
        " once the rates are low again."
    ),
    Reason.OLD: (
        "This is news of long ago, as after a table was restored from a backup. Nobody is told"
        " unless somebody says so here."
    ),
    Reason.DISCARDED: "Somebody discarded it, so nobody was told.",
    Reason.SUPERSEDED: "A later change overtook it, so nobody was told.",
    Reason.EVENT_CANCELLED: "The event was cancelled meanwhile, so nobody else was told.",
    "unmailable": "No mail can be made of this event: look at its texts.",
}
# SES's codes, without case, underscores and "Exception": versions 1 and 2 differ in these.
_CODES = {
    "accountsendingpaused": "AWS has paused all mails of this account: see the SES console.",
    "sendingpaused": "AWS has paused all mails of this account: see the SES console.",
    "accountsuspended": "AWS has suspended mails of this account: see the SES console.",
    "throttling": "The account's mails of this day are used up.",
    "dailyquota": "The account's mails of this day are used up.",
    "accountdailyquotaexceeded": "The account's mails of this day are used up.",
    "toomanyrequests": "The account's mails of this day are used up.",
    "limitexceeded": "The account's mails of this day are used up.",
    "messagerejected": (
        "SES does not send for this sender: its address or domain is not verified, or the"
        " account still is in the sandbox, where readers must be verified too."
    ),
    "mailfromdomainnotverified": "The sender's MAIL FROM domain is not verified with SES.",
    "configurationsetdoesnotexist": "The SES configuration set is not there.",
    "notfound": "The SES configuration set is not there.",
    "configurationsetnotfound": "The SES configuration set is not there.",
    "configurationsetsendingpaused": "Mails of the SES configuration set are paused.",
    "accessdenied": "The worker's role may not send mails.",
    "nocredentialserror": "The worker has no AWS credentials.",
}
_RETRIED = "It tries again every quarter of an hour, or when somebody resumes it."


def reason_text(reason: str) -> str:
    """The reason in plain words; "" for none."""
    if not reason or reason in _WORDS:
        return _WORDS.get(reason, "")
    code = reason.replace("_", "").lower().removesuffix("exception")
    return f"{_CODES.get(code, f'SES refuses: {reason}.')} {_RETRIED}"
