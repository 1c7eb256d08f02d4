"""The mail that answers a request to subscribe."""

import logging
from collections.abc import Sequence
from contextlib import suppress

from notifications.confirmation_letters import confirmation_mail
from notifications.delivery import Worker
from notifications.mails import Mail
from subscriptions.requests import SubscriptionRequest
from subscriptions.services import subscription_request
from subscriptions.ses_list import NoSesListError, ses_unlist

logger = logging.getLogger(__name__)


class _Single:
    """The Delivery of one mail that nobody else could send."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def before_call(self, mails: Sequence[Mail]) -> None:
        self._worker.take_turn(len(mails), until=self._worker.deadline)

    def report(self, mail: Mail, *, refusal: str = "") -> None:
        if refusal:
            logger.warning(
                "A confirmation mail was refused.",
                extra={"subscription": mail.subscriber_id, "reason": refusal},
            )


def answer(request: SubscriptionRequest, *, worker: Worker) -> None:
    """Make or find the subscription and send its mail, if one is due.

    Repeat it on any error: the service gives the same mail again. Where the outcome of the
    send was unknown, the mail may come twice, which is better than a subscriber lost.
    SesListError says that SES could not be asked to send to the address again.
    """
    due = subscription_request(request=request)
    if due is not None:
        if due.unlist:
            with suppress(NoSesListError):
                ses_unlist(due.recipient.email)
        worker.transport.send([confirmation_mail(due)], _Single(worker))
