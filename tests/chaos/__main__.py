"""`python -m tests.chaos`: announce an event while everything fails, and count.

Options are environment variables: N, KILLS, THROTTLE, LOST_REPLIES, MISSING_EVENTS,
LATE_EVENTS_S, SEED, WORKERS, TRANSPORT. The exit code is 1 when a promise is broken.
"""

import logging
import shutil
import sys
import time
from datetime import UTC, datetime

import django

from tests.chaos.crew import Crew
from tests.chaos.local_aws import LocalAws
from tests.chaos.options import Options

# A call of a bulk worker for each.
LOCALES = ("en", "de", "en", "fr")
LOOK_EVERY_S = 0.1
SAY_EVERY_S = 5
# Nothing more comes when nothing has come for so long.
QUIET_S = 3


def main() -> int:
    """Run, and return the exit code."""
    options = Options.from_environ()
    aws = LocalAws(options)
    django.setup()
    logging.disable(logging.INFO)
    from tests.chaos.verdict import verdict

    say(f"{options}")
    with aws.running():
        addresses = make_recipients(options.n)
        inbox = make_inbox(options, aws)
        event_id = make_event()
        with inbox.running():
            crew = Crew(options, aws, inbox.ses_url)
            with crew.working():
                run(options, crew, inbox, event_id)
                settle(inbox, crew)
            say(f"The proxy spoilt {aws.faults()['faulted']} of {aws.faults()['total']} calls.")
            row = announcement(event_id)
            if row is None:
                say("Broken: the event was never announced")
                return 1
            result = verdict(
                options,
                row,
                addresses=addresses,
                relayed=inbox.relayed,
                bulk=inbox.bulk,
                accepted=aws.accepted(),
                untold=inbox.untold,
                kills=crew.kills,
                logs=aws.directory,
            )
    say("".join(f"{name:<17}{figure:>7}\n" for name, figure in result.figures.items()), end="")
    if result.broken:
        say(f"Broken: {'; '.join(result.broken)}. Logs: {aws.directory}")
        return 1
    shutil.rmtree(aws.directory)
    return 0


def make_recipients(number: int) -> dict[str, str]:
    """So many confirmed subscribers, spread over all shards: address by id."""
    from django.conf import settings

    from ivent_site.ids import uuid7
    from subscriptions.enums import SubscriptionStatus
    from subscriptions.tables import SubscriptionRow

    now = datetime.now(UTC)
    addresses = {id_: f"{id_}@example.com" for id_ in (uuid7() for _ in range(number))}
    with SubscriptionRow.batch_write() as batch:
        for count, (id_, address) in enumerate(addresses.items()):
            row = SubscriptionRow(
                id=id_,
                email=address,
                email_key=address,
                status=SubscriptionStatus.CONFIRMED,
                created_at=now,
                updated_at=now,
                confirmed_at=now,
                home_shard=f"{count % settings.SHARD_COUNT:02x}",
                locale=LOCALES[count // settings.SHARD_COUNT % len(LOCALES)],
            )
            row.set_index_keys()
            batch.save(row)
    return addresses


def make_inbox(options, aws):
    from django.conf import settings

    from ivent_site.local.clients import client
    from tests.chaos.inbox import Inbox

    topic = f"arn:aws:sns:{settings.AWS_REGION}:000000000000:{settings.RESOURCE_PREFIX}-feedback"
    return Inbox(
        options,
        port=aws.smtp_port,
        sender=settings.SENDER_EMAIL,
        configuration_set=settings.SES_CONFIGURATION_SET,
        sns=client("sns"),
        topic_arn=topic,
    )


def make_event() -> str:
    """The id of a published event."""
    from tests import factories

    return str(factories.make_event().id)


def announcement(event_id):
    from notifications.announcements import event_announcements

    return next(iter(event_announcements(event_id, limit=1)), None)


def run(options, crew, inbox, event_id) -> None:
    """Return when the announcement is done, or time is up."""
    began = said = time.monotonic()
    while time.monotonic() < began + options.at_most_s:
        time.sleep(LOOK_EVERY_S)
        crew.tend(inbox.total)
        if time.monotonic() < said + SAY_EVERY_S:
            continue
        said = time.monotonic()
        row = announcement(event_id)
        state = row.state if row else "not yet announced"
        say(
            f"{said - began:5.0f} s  {inbox.total:>6} mails  {crew.kills:>3} kills"
            f"  {crew.stops:>2} stops  {state}"
        )
        if state == "done":
            return
    say("Time is up.")


def settle(inbox, crew) -> None:
    """Return when no zombie is left to wake and no mail is on its way."""
    seen, since = inbox.total, time.monotonic()
    while crew.asleep or time.monotonic() < since + QUIET_S:
        time.sleep(LOOK_EVERY_S)
        crew.tend(0)
        if inbox.total != seen:
            seen, since = inbox.total, time.monotonic()


def say(text: str, end: str = "\n") -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
