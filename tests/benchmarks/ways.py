"""Three ways to mail the readers: this project's, the common one, and the simplest one."""

from collections.abc import Callable
from email.message import EmailMessage
from itertools import islice

from django.conf import settings
from django.test import override_settings
from pynamodb.attributes import UnicodeAttribute

from events.snapshot import EventSnapshot
from events.tables import EventRow
from ivent_site.aws import sesv2
from ivent_site.dynamodb.rows import Row, RowMeta, table_name
from notifications.announce import announce
from notifications.announcements import shard_names
from notifications.delivery import Worker
from notifications.fanout import walk_shard
from notifications.mails import Mail
from notifications.rate import Pace
from notifications.rendering import Letters
from notifications.tables import AnnouncementRow
from notifications.transports.account import account_get
from notifications.transports.ses_bulk import SesBulk
from subscriptions.selectors import recipient
from subscriptions.tables import SubscriptionRow
from tests.benchmarks.stand_in import StandIn

Way = Callable[[EventRow, StandIn, int], None]

_LONG_S = 1e9
_COMMON_PAGE = 100


def ours(event: EventRow, ses: StandIn, number: int) -> None:
    """The event announced, from its row to the last sum."""
    walk(plan(event, shards=1), ses)


def plan(event: EventRow, *, shards: int) -> AnnouncementRow:
    """The announcement on its way, to so many shards."""
    with override_settings(SHARD_COUNT=shards):
        row = announce(event_id=event.id)
    assert row is not None
    return row


def walk(row: AnnouncementRow, ses: StandIn) -> None:
    """Every shard walked, one after the other: on AWS, at once."""
    worker = Worker(
        transport=SesBulk(),
        deadline=ses.clock() + _LONG_S,
        pace=Pace(ask=account_get, workers=1),
        clock=ses.clock,
        sleep=ses.sleep,
    )
    for shard in shard_names(int(row.shard_count)):
        # As the first message of a shard asks.
        walk_shard(announcement_id=row.id, shard=shard, worker=worker, fresh=True)


class SentRow(Row):
    """The common way's ledger: a row per announcement and recipient, after the send."""

    class Meta(RowMeta):
        table_name = table_name("bench-sent")

    announcement = UnicodeAttribute(hash_key=True)
    subscriber = UnicodeAttribute(range_key=True)
    status = UnicodeAttribute()


def common(event: EventRow, ses: StandIn, number: int) -> None:
    """A PynamoDB object, a MIME message, a send and a ledger row per recipient."""
    row = AnnouncementRow(event.id, event.id)
    letters = _letters(event)
    rows = SubscriptionRow.by_status.query("confirmed", page_size=_COMMON_PAGE)
    for reader in islice(rows, number):
        mail = letters.mail(recipient(reader), tags={"subscriber": reader.id})
        sesv2().send_email(
            FromEmailAddress=settings.SENDER_EMAIL,
            Destination={"ToAddresses": [mail.to]},
            Content={"Raw": {"Data": _mime(mail)}},
            ConfigurationSetName=settings.SES_CONFIGURATION_SET,
        )
        SentRow(row.id, reader.id, status="sent").save()


def simplest(event: EventRow, ses: StandIn, number: int) -> None:
    """One page of subscribers, one call to SendEmail for each; who is behind it gets nothing."""
    letters = _letters(event)
    page = SubscriptionRow.by_status.query("confirmed")
    for reader in islice(page, number):
        mail = letters.mail(recipient(reader), tags={})
        sesv2().send_email(
            FromEmailAddress=settings.SENDER_EMAIL,
            Destination={"ToAddresses": [mail.to]},
            Content={
                "Simple": {
                    "Subject": {"Data": mail.letter.subject},
                    "Body": {"Text": {"Data": mail.text}, "Html": {"Data": mail.html}},
                }
            },
        )


def _letters(event: EventRow) -> Letters:
    snapshot = EventSnapshot.from_row(event).to_json()
    return Letters(announcement_id=event.id, kind="published", event=snapshot, changes=[])


def _mime(mail: Mail) -> bytes:
    message = EmailMessage()
    message["Subject"] = mail.letter.subject
    message["From"] = settings.SENDER_EMAIL
    message["To"] = mail.to
    for name, value in {**mail.letter.headers, **mail.headers}.items():
        message[name] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.letter.calendar:
        message.add_attachment(
            mail.letter.calendar.content,
            maintype="text",
            subtype="calendar",
            filename="event.ics",
            params={"method": mail.letter.calendar.method},
        )
    return message.as_bytes()
