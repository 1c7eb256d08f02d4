"""How mails leave: one file per way, behind one small interface."""

from collections.abc import Sequence
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.mails import Mail

_WAYS = {
    "ses_bulk": "notifications.transports.ses_bulk.SesBulk",
    "ses_raw": "notifications.transports.ses_raw.SesRaw",
}


class RefusedError(Exception):
    """The call was refused, so nothing of it was sent. `retryable` says whether waiting helps;
    if not, the whole account is stopped and so is every other mail.
    """

    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable


class UnknownOutcomeError(Exception):
    """The call may or may not have been accepted: only SES's events can tell.

    `mails` are those of the call; None means that all not yet reported may be among them.
    """

    def __init__(self, reason: str, *, mails: Sequence[Mail] | None = None) -> None:
        super().__init__(reason)
        self.mails = mails


class Delivery(Protocol):
    """What a transport tells its caller while it sends."""

    def before_call(self, mails: Sequence[Mail]) -> None:
        """To be called right before each call that sends, with its mails; it waits until they
        may leave, and raises when nothing may be sent.
        """

    def report(self, mail: Mail, *, refusal: str = "") -> None:
        """To be called for each mail as soon as its outcome is known: sent, or refused and why."""


class Transport(Protocol):
    """A way to send mails. `at_once`: how many of one letter a call carries."""

    at_once: int

    def send(self, mails: Sequence[Mail], delivery: Delivery) -> None:
        """Send the mails in order, each reported once.

        Raises RefusedError or UnknownOutcomeError about the mails not yet reported: with the
        one none of them was sent, with the other those of the last call may have been.
        """


def default_transport() -> Transport:
    """The transport that the settings name."""
    transport: Transport = import_string(_WAYS[settings.MAIL_TRANSPORT])()
    return transport
