"""What AWS calls: one function per queue, stream and schedule.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from events.snapshot import event_row_from_stream_image
from ivent_site.lambda_handlers import (
    BatchResponse,
    Context,
    Event,
    Record,
    deadline,
    each_record,
    failed_records,
    failures,
    shielded,
    sqs_id,
    stream_id,
)
from notifications import announce as announcing
from notifications import confirmations
from notifications import feedback as feeding
from notifications import sweep as sweeping
from notifications.deliverability import exceptions_count
from notifications.delivery import Worker
from notifications.fanout import WalkEnd, walk_shard
from notifications.outcomes import is_kept
from notifications.queueing import EventTask, queue_again, task_parse
from notifications.rate import process_pace
from notifications.ses_events import SesEvent, ses_event_parse
from notifications.transports import default_transport
from subscriptions.imports import import_of_body, import_step
from subscriptions.requests import request_parse
from subscriptions.setup_stops import restoring_of_body, setup_restore_work

logger = logging.getLogger(__name__)

# How long a shard waits after SES has refused its mails for their rate.
THROTTLED_DELAY_S = 10


@shielded
def announce(event: Event, context: Context) -> BatchResponse:  # noqa: ARG001 - Lambda's signature
    """The events table's stream: announce each change that asks for it."""
    return each_record(event, _announce, identify=stream_id)


@shielded
def fan_out(event: Event, context: Context) -> BatchResponse:
    """The fan-out queue: walk a shard of an announcement; announce an event after its window."""
    worker = _worker(context)
    return each_record(event, partial(_fan_out, worker=worker), identify=sqs_id)


@shielded
def subscription_requests(event: Event, context: Context) -> BatchResponse:
    """The queue of requests to subscribe: the row, and its confirmation mail."""
    answer = partial(_subscription_request, worker=_worker(context))
    return each_record(event, answer, identify=sqs_id)


@shielded
def feedback(event: Event, context: Context) -> BatchResponse:  # noqa: ARG001 - as above
    """The queue of SES's events: stop, count, prove and correct."""
    parsed: dict[str, SesEvent] = {}

    def take(record: Record) -> None:
        ses_event = ses_event_parse(record["body"])
        if ses_event is not None:
            feeding.record_feedback(ses_event)
            parsed[sqs_id(record)] = ses_event

    failed = failed_records(event["Records"], take)
    events = [*parsed.values()]
    acts: list[tuple[Callable[[list[SesEvent]], None], list[SesEvent]]] = [
        (partial(feeding.record, *chunk), about)
        for chunk, about in feeding.by_chunk(events).items()
    ]
    acts += [
        (exceptions_count, [each for each in events if each.rule.counted]),
        (feeding.keep, [each for each in events if is_kept(each)]),
        (feeding.count_deliveries, [each for each in events if feeding.is_delivery(each)]),
    ]
    for act, about in acts:
        try:
            act(about)
        except Exception:
            logger.exception("Some events of SES failed.")
            failed += [
                each
                for each in event["Records"]
                if parsed.get(sqs_id(each)) in about and each not in failed
            ]
    return failures(failed, identify=sqs_id)


@shielded
def sweep(event: Event, context: Context) -> None:  # noqa: ARG001 - as above
    """Every minute: see to what was left behind."""
    sweeping.sweep(worker=_worker(context))


def _worker(context: Context) -> Worker:
    return Worker(transport=default_transport(), deadline=deadline(context), pace=process_pace())


def _announce(record: Record) -> None:
    image = record["dynamodb"].get("NewImage")
    if image is None:
        return
    row = event_row_from_stream_image(image)
    # What is announced is the row as it is now: the image only says that there is something.
    waiting: tuple[float | None, ...] = (row.announce_version, row.message_version)
    if any(each is not None for each in waiting):
        announcing.announce(event_id=row.id)


def _fan_out(record: Record, *, worker: Worker) -> None:
    task = task_parse(record["body"])
    if isinstance(task, EventTask):
        announcing.announce(event_id=task.event_id)
        return
    end = walk_shard(
        announcement_id=task.announcement_id, shard=task.shard, worker=worker, fresh=task.fresh
    )
    rest = replace(task, fresh=False)
    if end is WalkEnd.HANDED_ON:
        queue_again(rest, delay_s=0)
    elif end is WalkEnd.THROTTLED:
        queue_again(rest, delay_s=THROTTLED_DELAY_S)


def _subscription_request(record: Record, *, worker: Worker) -> None:
    import_id = import_of_body(record["body"])
    if import_id is not None:
        import_step(import_id=import_id)
        return
    restoring = restoring_of_body(record["body"])
    if restoring is not None:
        setup_restore_work(restoring)
        return
    request = request_parse(body=record["body"], message_id=record["messageId"])
    confirmations.answer(request, worker=worker)
