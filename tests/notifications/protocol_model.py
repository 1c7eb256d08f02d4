"""A model of delivery in which everything goes wrong, for hypothesis to walk through.

Workers walk, the sweep sweeps, SES's events come late, twice, never and in any order, people
leave and confirm meanwhile; and anyone may die or freeze at any step. A frozen worker wakes
as a zombie when others have gone on. The ledger is real; time and SES are not.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from pynamodb.connection import Connection

from ivent_site.dynamodb.writes import ConflictError
from notifications import feedback
from notifications.announcements import (
    announcement_pause,
    announcement_resume,
    announcement_sums,
    folded_shards,
)
from notifications.enums import ChunkState, Reason
from notifications.fanout import walk_shard
from notifications.feedback_table import FeedbackKey, SesEventType
from notifications.ledger import shard_chunks
from notifications.mails import Mail
from notifications.rate import Pace
from notifications.refused import refused_resend, resendable_of
from notifications.ses_events import SesEvent
from notifications.sweep import sweep
from notifications.tables import AnnouncementRow
from notifications.tally import Sums, shard_tally
from notifications.transports import Delivery as DeliveryOfMails
from notifications.transports import RefusedError, UnknownOutcomeError
from notifications.transports.account import Account
from subscriptions.enums import SubscriptionStatus
from subscriptions.tables import SubscriptionRow
from tests.notifications.sending import (
    Clock,
    FakeSes,
    WorkerKilledError,
    current,
    make_announcement,
    make_readers,
    make_worker,
)

LEASE_S = 30
WAIT_S = 60
SHARDS = ("00", "01")
# So fast that a chunk is as large as it may be.
FAST = 1000
FREEZE_MAX_S = 35
ROUNDS_MAX = 60
# A walk or a sweep has seldom more.
STEPS = 50
ANSWERS = ("", "", "lost", "lost", "dropped", "throttle", "reject", "paused")


@dataclass(frozen=True)
class Trouble:
    """At which step a process dies, or freezes for so long while others do something."""

    at: int
    freeze_s: int
    meanwhile: tuple[str, ...]


TROUBLES = st.none() | st.builds(
    Trouble,
    # Between the first claim and the second, above all.
    at=st.integers(8, 20) | st.integers(1, STEPS),
    # 0: it dies.
    freeze_s=st.sampled_from([0, 5, FREEZE_MAX_S]),
    meanwhile=st.lists(
        st.sampled_from(["walk", "sweep", "publish", "tell", "leave"]), max_size=3
    ).map(tuple),
)


@dataclass
class Sent:
    """A mail that SES accepted, and where its event is."""

    mail: Mail
    at: float
    turn: int
    # It may have left after its lease: a zombie's call that was under way.
    late: bool
    published_turn: int | None = None
    told_turn: int | None = None


@dataclass
class Steps:
    """Counts the steps of one process, and does to it what is to be done at one of them."""

    trouble: Trouble | None
    strike: Callable[[Trouble], None]
    count: int = 0

    def step(self) -> None:
        self.count += 1
        if self.trouble and self.count == self.trouble.at:
            self.strike(self.trouble)


class ModelSes(FakeSes):
    """Answers by script; a step before and after each mail."""

    at_once = 50

    def __init__(self, model: "Delivery", *script: str, again: bool = False) -> None:
        super().__init__(*script)
        self._model = model
        self._again = again

    def send(self, mails: Sequence[Mail], delivery: DeliveryOfMails) -> None:
        for mail in mails:
            if self._again:
                self._model.tried.add(mail.subscriber_id)
            delivery.before_call([mail])
            delivery.report(mail, refusal=self._call(mail))

    def _call(self, mail: Mail) -> str:
        self._model.step()
        answer = self.script.pop(0) if self.script else ""
        if answer == "throttle":
            raise RefusedError("Throttling", retryable=True)
        if answer == "paused":
            raise RefusedError("AccountSendingPausedException", retryable=False)
        if answer == "reject":
            self._model.rejected.add(mail.subscriber_id)
            return "MessageRejected"
        if answer != "dropped":
            self._model.accept(mail)
            self._model.sent_again[mail.subscriber_id] += self._again
        if answer in {"lost", "dropped"}:
            raise UnknownOutcomeError("ReadTimeoutError", mails=[mail])
        self._model.step()
        return ""


class Delivery(RuleBasedStateMachine):
    """One announcement to two shards of a few readers each."""

    locales: tuple[str, ...] = ("en",)

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.sent: list[Sent] = []
        self.rejected: set[str] = set()
        # For whom a second call was about to be made.
        self.tried: set[str] = set()
        # How many mails that made.
        self.sent_again: Counter[str] = Counter()
        self.lost_events: list[Sent] = []
        # What SES has dropped, and nobody has read of.
        self.dropped: list[Sent] = []
        self.pace: Pace | None = None
        self.left: dict[str, int] = {}
        self.readers: dict[str, str] = {}
        self.newcomers: set[str] = set()
        self.turn = 0
        self._processes: list[Steps] = []
        self._row: AnnouncementRow | None = None

    @property
    def row(self) -> AnnouncementRow:
        assert self._row is not None
        return self._row

    @initialize(
        numbers=st.tuples(*[st.integers(3, 9)] * len(SHARDS)),
        answers=st.lists(st.sampled_from(ANSWERS), max_size=8),
        trouble=TROUBLES,
    )
    def begin(self, numbers: tuple[int, ...], answers: list[str], trouble: Trouble | None) -> None:
        for shard, number in zip(SHARDS, numbers, strict=True):
            for at in range(number):
                locale = self.locales[at % len(self.locales)]
                self.readers |= dict.fromkeys(make_readers(1, shard=shard, locale=locale), shard)
        self._row = make_announcement()
        # Without a walk there is nothing to go wrong.
        self.process(trouble, lambda: self._walk(SHARDS[0], answers, fresh=True))

    @rule(
        shard=st.sampled_from(SHARDS),
        answers=st.lists(st.sampled_from(ANSWERS), max_size=8),
        trouble=TROUBLES,
        fresh=st.booleans(),
    )
    def walk(self, shard: str, answers: list[str], trouble: Trouble | None, *, fresh: bool) -> None:
        """A message that says wrongly that the shard is fresh does no harm."""
        self.process(trouble, lambda: self._walk(shard, answers, fresh=fresh))

    @rule(answers=st.lists(st.sampled_from(ANSWERS), max_size=8), trouble=TROUBLES)
    def sweep(self, answers: list[str], trouble: Trouble | None) -> None:
        self.process(trouble, lambda: self.run_sweep(answers))

    @rule(seconds=st.sampled_from([1, 10, LEASE_S + 1, WAIT_S + 1, 200]))
    def pass_time(self, seconds: int) -> None:
        self.clock.sleep(seconds)

    @rule(data=st.data())
    def publish(self, data: st.DataObject) -> None:
        """Some events, in any order, reach the queue."""
        self._turn()
        for sent in self._some(data, self._unpublished()):
            sent.published_turn = self.turn

    @rule(data=st.data(), trouble=TROUBLES)
    def tell(self, data: st.DataObject, trouble: Trouble | None) -> None:
        """Some queued events are read, in any order, and some of old ones once more."""
        queued = [each for each in self.sent if each.published_turn is not None]
        some = self._some(data, queued)
        self.process(trouble, lambda: self._tell(some))

    @rule(data=st.data())
    def lose_events(self, data: st.DataObject) -> None:
        self._turn()
        self.lost_events += self._some(data, self._unpublished())

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        self._turn()
        there = sorted(self.readers.keys() - self.left.keys())
        if there:
            self._leave(data.draw(st.sampled_from(there)))

    @rule(shard=st.sampled_from(SHARDS))
    def confirm(self, shard: str) -> None:
        self._turn()
        (newcomer,) = make_readers(1, shard=shard)
        self.readers[newcomer] = shard
        self.newcomers.add(newcomer)

    def teardown(self) -> None:
        try:
            if self._row is not None:
                self.come_to_rest()
                self._check()
                if self.ask_again():
                    self.come_to_rest()
                    self._check()
                    assert resendable_of(current(self.row)) == 0
        finally:
            self._clean_up()

    def step(self) -> None:
        """Called at every step of whatever process is running."""
        if self._processes:
            self._processes[-1].step()

    def accept(self, mail: Mail) -> None:
        late = any(each.trouble and each.trouble.freeze_s for each in self._processes)
        self.sent.append(Sent(mail, self.clock(), self.turn, late))

    # What the processes do.

    def _walk(self, shard: str, answers: list[str], *, fresh: bool = False) -> None:
        worker = make_worker(ModelSes(self, *answers), self.clock)
        worker.pace = self.pace
        walk_shard(announcement_id=self.row.id, shard=shard, worker=worker, fresh=fresh)

    def run_sweep(self, answers: list[str]) -> None:
        backlog = len(self._queued())
        with (
            mock.patch("notifications.resend.feedback_backlog", return_value=backlog),
            mock.patch("notifications.sweep.queue_shards"),
        ):
            sweep(worker=make_worker(ModelSes(self, *answers, again=True), self.clock))

    def _tell(self, some: list[Sent]) -> None:
        for chunk, events in feedback.by_chunk(map(_event, some)).items():
            feedback.record(*chunk, events)
        # A reader that died has not deleted its messages: they come once more.
        for sent in some:
            if sent.told_turn is None:
                sent.told_turn = self.turn

    def _tell_dropped(self) -> None:
        events = [
            _event(each, FeedbackKey(SesEventType.REJECT, "Bad content")) for each in self.dropped
        ]
        for chunk, about in feedback.by_chunk(events).items():
            feedback.record(*chunk, about)
        self.dropped = []

    def ask_again(self) -> bool:
        """Whether what SES refused is to be sent once more. It is no second mail to anybody."""
        try:
            refused_resend(current(self.row))
        except ConflictError:
            return False
        return True

    def _leave(self, id_: str) -> None:
        row = SubscriptionRow.get(id_)
        row.status = SubscriptionStatus.LEFT.value
        row.set_index_keys()
        row.save()
        self.left[id_] = self.turn

    def process(self, trouble: Trouble | None, run: Callable[[], None]) -> None:
        if not self._processes:
            self._turn()
        self._processes.append(Steps(trouble, self._strike))
        try:
            with _steps_of(self):
                run()
        except WorkerKilledError:
            return
        finally:
            self._processes.pop()

    def _strike(self, trouble: Trouble) -> None:
        if not trouble.freeze_s:
            raise WorkerKilledError
        self.clock.sleep(trouble.freeze_s)
        for what in trouble.meanwhile:
            self.process(None, self._meanwhile(what))

    def _meanwhile(self, what: str) -> Callable[[], None]:
        def walk() -> None:
            for shard in SHARDS:
                self._walk(shard, [])

        def publish() -> None:
            for sent in self._unpublished():
                sent.published_turn = self.turn

        def leave() -> None:
            there = sorted(self.readers.keys() - self.left.keys())
            if there:
                self._leave(there[-1])

        return {
            "walk": walk,
            "publish": publish,
            "leave": leave,
            "sweep": lambda: self.run_sweep([]),
            "tell": lambda: self._tell(self._queued()),
        }[what]

    # What becomes of it.

    def come_to_rest(self) -> None:
        """Everything goes well from now on, until the announcement is done; events come last."""
        self._turn()
        self.clock.sleep(LEASE_S + 1)
        self._tell_dropped()
        announcement_resume(current(self.row))
        for shard in SHARDS:
            self._walk(shard, [])
        self.run_sweep([])
        for _ in range(ROUNDS_MAX):
            self._turn()
            for sent in self._unpublished():
                sent.published_turn = self.turn
            self._tell(self._queued())
            self._turn()
            self.run_sweep([])
            for shard in SHARDS:
                self._walk(shard, [])
            if current(self.row).state == "done":
                return
            self.clock.sleep(timedelta(minutes=2).total_seconds())
        raise AssertionError(f"It is not done: {current(self.row).state}")

    def _check(self) -> None:
        sums = announcement_sums(current(self.row))
        assert sums.unknown == 0
        told = sums.sent + sums.refused + sums.suppressed + sums.parked
        assert told == sums.audience
        for shard, kept in folded_shards(current(self.row)).items():
            assert Sums.from_map(kept) == shard_tally(shard_chunks(self.row.id, shard)).sums
        assert self._parked() <= self.tried
        assert max(self.sent_again.values(), default=0) <= 1
        copies: dict[str, list[Sent]] = {}
        for sent in self.sent:
            copies.setdefault(sent.mail.subscriber_id, []).append(sent)
        assert max(map(len, copies.values()), default=0) <= 2
        for first, *more in copies.values():
            for second in more:
                self._check_double(first, second)
        staying = self.readers.keys() - self.left.keys() - self.newcomers
        without = staying - copies.keys() - self.rejected
        assert len(without) <= sums.parked
        for id_, turn in self.left.items():
            assert all(sent.turn <= turn for sent in copies.get(id_, []))

    def _parked(self) -> set[str]:
        return {
            id_
            for shard in SHARDS
            for chunk in shard_chunks(self.row.id, shard)
            if chunk.state is ChunkState.PARKED
            for id_ in chunk.unproven
        }

    def _check_double(self, first: Sent, second: Sent) -> None:
        """Somebody may be mailed twice only if the first mail's event did not come in time."""
        waited_s = second.at - first.at
        assert waited_s >= (WAIT_S - FREEZE_MAX_S if first.late else WAIT_S)
        assert first.told_turn is None or first.told_turn >= second.turn
        queued = first.published_turn is not None and first.published_turn < second.turn
        assert not queued or waited_s >= 2 * WAIT_S

    def _clean_up(self) -> None:
        with SubscriptionRow.batch_write() as batch:
            for id_ in self.readers:
                batch.delete(SubscriptionRow(id=id_))
        if self._row is not None:
            self._row.delete()

    def _turn(self) -> None:
        self.turn += 1

    def _unpublished(self) -> list[Sent]:
        return [
            each
            for each in self.sent
            if each.published_turn is None and each not in self.lost_events
        ]

    def _queued(self) -> list[Sent]:
        return [
            each for each in self.sent if each.published_turn is not None and each.told_turn is None
        ]

    @staticmethod
    def _some(data: st.DataObject, sents: list[Sent]) -> list[Sent]:
        if not sents:
            return []
        picked = data.draw(st.lists(st.integers(0, len(sents) - 1), unique=True))
        return [sents[number] for number in picked]


class Resending(Delivery):
    """SES refuses more, and a person has that sent once more whenever the rest is done."""

    @initialize(
        numbers=st.tuples(*[st.integers(3, 9)] * len(SHARDS)),
        answers=st.lists(st.sampled_from(("", "reject")), min_size=4, max_size=8),
        trouble=TROUBLES,
    )
    def begin(self, numbers: tuple[int, ...], answers: list[str], trouble: Trouble | None) -> None:
        super().begin(numbers, answers, trouble)

    @rule(
        rest=st.booleans(), answers=st.lists(st.sampled_from(ANSWERS), max_size=8), trouble=TROUBLES
    )
    def resend(self, answers: list[str], trouble: Trouble | None, *, rest: bool) -> None:
        if rest:
            self.come_to_rest()
        if self.ask_again():
            self.process(trouble, lambda: self.run_sweep(answers))


class Hasty(Delivery):
    """Workers so fast that they read ahead and claim readers of both languages together; SES drops
    mails that it had accepted, and a person pauses and resumes.
    """

    locales = ("en", "de")

    def __init__(self) -> None:
        super().__init__()
        self.pace = Pace(ask=lambda: Account(rate=FAST), workers=1)

    @rule(data=st.data(), trouble=TROUBLES)
    def drop(self, data: st.DataObject, trouble: Trouble | None) -> None:
        """SES tells that it has not mailed, after all, what it had accepted."""
        self.dropped += self._some(data, self.sent)
        self.process(trouble, self._tell_dropped)

    @rule()
    def pause(self) -> None:
        self._turn()
        announcement_pause(current(self.row), reason=Reason.BY_HAND)

    @rule()
    def resume(self) -> None:
        self._turn()
        announcement_resume(current(self.row))


SENT = FeedbackKey(SesEventType.SEND)


def _event(sent: Sent, key: FeedbackKey = SENT) -> SesEvent:
    mail = sent.mail
    return SesEvent(
        key=key,
        announcement_id=mail.tags["announcement"].replace("_", "."),
        chunk_key=mail.tags["chunk"].replace("_", ".", 1),
        subscriber_id=mail.tags["subscriber"],
        addresses=(mail.to,),
        mailed_at=None,
    )


@contextmanager
def _steps_of(model: Delivery) -> Iterator[None]:
    """Within the block, every call to DynamoDB is two steps: before and after its effect."""
    dispatch = Connection.dispatch

    def stepping(self: Connection, operation_name: str, operation_kwargs: dict[str, Any]) -> Any:
        model.step()
        reply = dispatch(self, operation_name, operation_kwargs)
        model.step()
        return reply

    if len(model._processes) > 1:
        # The outermost has done it.
        yield
        return
    with mock.patch.object(Connection, "dispatch", stepping):
        yield
