"""Why an announcement stands still, in words for those who look after it."""

from django.utils.translation import gettext_lazy as _

from notifications.enums import Reason

_WORDS = {
    Reason.BY_HAND: _("Somebody paused it here. It goes on when somebody resumes it."),
    Reason.BREAKER: (
        _(
            "Too many mails of the last day bounced or were complained about. It goes on by itself"
            " once the rates are low again."
        )
    ),
    Reason.OLD: (
        _(
            "This is news of long ago, as after a table was restored from a backup. Nobody is told"
            " unless somebody says so here."
        )
    ),
    Reason.DISCARDED: _("Somebody discarded it, so nobody was told."),
    Reason.SUPERSEDED: _("A later change overtook it, so nobody was told."),
    Reason.EVENT_CANCELLED: _("The event was cancelled meanwhile, so nobody else was told."),
    Reason.EMPTY: _("There was nothing to list, so nobody was mailed."),
    "unmailable": _("No mail can be made of this event: look at its texts."),
}
# SES's codes, without case, underscores and "Exception": versions 1 and 2 differ in these.
_CODES = {
    "accountsendingpaused": _("AWS has paused all mails of this account: see the SES console."),
    "sendingpaused": _("AWS has paused all mails of this account: see the SES console."),
    "accountsuspended": _("AWS has suspended mails of this account: see the SES console."),
    "throttling": _("The account's mails of this day are used up."),
    "dailyquota": _("The account's mails of this day are used up."),
    "accountdailyquotaexceeded": _("The account's mails of this day are used up."),
    "toomanyrequests": _("The account's mails of this day are used up."),
    "limitexceeded": _("The account's mails of this day are used up."),
    "messagerejected": (
        _(
            "SES does not send for this sender: its address or domain is not verified, or the"
            " account still is in the sandbox, where readers must be verified too."
        )
    ),
    "mailfromdomainnotverified": _("The sender's MAIL FROM domain is not verified with SES."),
    "configurationsetdoesnotexist": _("The SES configuration set is not there."),
    "notfound": _("The SES configuration set is not there."),
    "configurationsetnotfound": _("The SES configuration set is not there."),
    "configurationsetsendingpaused": _("Mails of the SES configuration set are paused."),
    "accessdenied": _("The worker's role may not send mails."),
    "nocredentialserror": _("The worker has no AWS credentials."),
}
_RETRIED = _("It tries again every quarter of an hour, or when somebody resumes it.")
_IDENTITIES = _(
    "Verify the sender's address or domain in the SES console, under Identities; in the sandbox,"
    " ask AWS for production access there. Then press Resume."
)
_ACCOUNT = _(
    "Read in the SES console, on the account dashboard, what AWS asks for, and answer it. Then"
    " press Resume."
)
_QUOTA = _(
    "Wait: it counts the last 24 hours, so mails come free little by little. Or ask AWS for a"
    " higher quota."
)
_SET_UP = _(
    "Whoever looks after the set-up at AWS has to put it in order: show them this page. Then"
    " press Resume."
)
_CURES = {
    "accountsendingpaused": _ACCOUNT,
    "sendingpaused": _ACCOUNT,
    "accountsuspended": _ACCOUNT,
    "throttling": _QUOTA,
    "dailyquota": _QUOTA,
    "accountdailyquotaexceeded": _QUOTA,
    "toomanyrequests": _QUOTA,
    "limitexceeded": _QUOTA,
    "messagerejected": _IDENTITIES,
    "mailfromdomainnotverified": _IDENTITIES,
}


def reason_text(reason: str) -> str:
    """The reason in plain words; "" for none."""
    if not reason or reason in _WORDS:
        return str(_WORDS.get(reason, ""))
    told = _CODES.get(_code(reason)) or _("SES refuses: %(reason)s.") % {"reason": reason}
    return f"{told} {_RETRIED}"


def reason_cure(reason: str) -> str:
    """What a person can do about what SES says; "" where it is not SES that stopped it."""
    return "" if not reason or reason in _WORDS else str(_CURES.get(_code(reason), _SET_UP))


def _code(reason: str) -> str:
    return reason.replace("_", "").lower().removesuffix("exception")
