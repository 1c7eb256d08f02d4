"""A test of an announcement's mail, to the staff member who asks for it, and to nobody else."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from notifications import mails
from notifications.delivery import OutOfTimeError, Worker
from notifications.fanout import letters_of
from notifications.mails import Mail
from notifications.mime import UnmailableError
from notifications.preview import NOWHERE
from notifications.rate import process_pace
from notifications.tables import AnnouncementRow
from notifications.transports import RefusedError, UnknownOutcomeError, default_transport

# A page is answered within 29 seconds; nobody waits for so long.
PATIENCE_S: Final = 8
MARK: Final = "[Test]"


class TrialError(Exception):
    """The mail could not be sent; the words say why."""


class _Single:
    """The Delivery of the one mail, at the account's pace."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self.refusal = ""

    def before_call(self, mails: Sequence[Mail]) -> None:
        self._worker.take_turn(len(mails), until=self._worker.deadline)

    def report(self, mail: Mail, *, refusal: str = "") -> None:  # noqa: ARG002 - the Delivery's signature
        self.refusal = refusal


def trial_send(row: AnnouncementRow, *, to: str, language: str, timezone: str = "") -> None:
    """Send the mail, marked as a test, with links that lead nowhere. TrialError if it fails.

    It is counted by SES, and not by us: it belongs to no announcement.
    """
    worker = Worker(
        transport=default_transport(), deadline=time.time() + PATIENCE_S, pace=process_pace()
    )
    delivery = _Single(worker)
    try:
        worker.transport.send([_mail(row, to, language, timezone)], delivery)
    except (RefusedError, UnknownOutcomeError, UnmailableError, OutOfTimeError) as err:
        raise TrialError(str(err) or _("SES is busy: try again in a minute.")) from err
    if delivery.refusal:
        raise TrialError(delivery.refusal)


def _mail(row: AnnouncementRow, to: str, language: str, timezone: str) -> Mail:
    letter, values, markup = letters_of(row).wording(language, timezone)
    return Mail(
        subscriber_id="",
        to=to,
        letter=replace(letter, subject=f"{MARK} {letter.subject}"),
        values={**values, mails.LEAVE_URL: NOWHERE, mails.PREFERENCES_URL: NOWHERE},
        # A test has nothing to unsubscribe from.
        headers={},
        tags={},
        markup=markup,
    )
