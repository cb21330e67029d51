"""The trials of a run on the workers of a cluster: batches go out, what they report comes in."""

import hashlib
import pickle
import queue
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from engine.cluster import relay
from engine.cluster.batches import BatchSizes
from engine.cluster.connection import Connection
from engine.cluster.intake import Intake, Sent
from engine.cluster.workers import Workers, refusals, used
from engine.environment.machine import usable_threads
from engine.errors import EngineError
from engine.runs.executor import Work
from engine.runs.reporter import Reporter

# so many send ahead what they report: the first trials in view; the others report when they end
LIVE = 8
# how long running batches may take to heed a stop
STOP_SECONDS = 1.5
# how often it is looked who works for the scheduler: nobody gives notice of that
LOOK_SECONDS = 5.0
# how often what tasks share may get lost with all workers that have it
MOST_LOST = 5


@dataclass(eq=False)
class Shared:
    """What tasks of a run share, pickled under its hash, and where the cluster has it."""

    body: bytes
    key: str
    future: Any = None


class ClusterExecutor:
    """Does the tasks of one run on the workers of a cluster; used by the thread of the run."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._mine = relay.describe()
        self._shared: OrderedDict[str, Shared] = OrderedDict()

    def run(
        self, work: Work[Any, Any, Any], shared: Any, tasks: Sequence[Any], watch: Any,
        reporter: Reporter, trial_of: Callable[[Any], object],
    ) -> None:  # fmt: skip
        """Do all tasks, or none that is left after a stop.

        Raises what the work or the watch raises, and `Interrupted` where the scheduler is gone.
        """
        dispatch = _Dispatch(
            self._connection, self._mine, work, self._kept(pickle.dumps(shared)),
            Intake(watch, reporter), reporter, trial_of, deque(tasks),
        )  # fmt: skip
        reporter.on_request(lambda: dispatch.wake(dispatch.heed))
        try:
            dispatch.run()
        finally:
            reporter.on_request(lambda: None)
            dispatch.end()

    def _kept(self, body: bytes) -> Shared:
        """The same again for the same bytes: rungs and subruns of a run send their data once."""
        key = hashlib.sha256(body).hexdigest()
        found = self._shared.setdefault(key, Shared(body, key))
        self._shared.move_to_end(key)
        while len(self._shared) > relay.KEPT_SHARED:
            self._shared.popitem(last=False)
        return found


@dataclass
class _Dispatch:
    """One call of `run`. Other threads only `wake` it: all the rest is for the run's own."""

    connection: Connection
    mine: Mapping[str, Any]
    work: Work[Any, Any, Any]
    shared: Shared
    intake: Intake
    reporter: Reporter
    trial_of: Callable[[Any], object]
    left: deque[Any]
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    sizes: BatchSizes = field(default_factory=BatchSizes)
    _sent: dict[int, Sent] = field(default_factory=dict)
    _inbox: "queue.SimpleQueue[Callable[[], object]]" = field(default_factory=queue.SimpleQueue)
    _done: list[Sent] = field(default_factory=list)
    _number: int = 0
    _workers: Workers = field(default_factory=Workers)
    _look_at: float = 0.0
    _lost_shared: int = 0
    _stop_at: float | None = None

    def run(self) -> None:
        """Send, and take in, until nothing is left."""
        self.connection.listen(self.token, lambda body: self.wake(self._take_ahead, body))
        self._ask_workers()
        while self._sent or (self.left and not self.reporter.stopping):
            self._send()
            if self._stop_at is not None and time.monotonic() >= self._stop_at:
                return
            self._step()

    # -- what happens ----------------------------------------------------------------------------

    def wake(self, what: Callable[..., object], *args: Any) -> None:
        """Have something done in the thread of the run; from any thread."""
        self._inbox.put(lambda: what(*args))

    def _step(self) -> None:
        """Wait until something happens, and do it; raises `Interrupted`."""
        until = self._look_at if self._stop_at is None else self._stop_at
        with suppress(queue.Empty):
            self._inbox.get(timeout=max(0.0, until - time.monotonic()))()
            # what has come by now is fetched together: each question costs a way there and back
            while True:
                self._inbox.get_nowait()()
        self._fetch()
        if self._stop_at is None and time.monotonic() >= self._look_at:
            self._ask_workers()

    def heed(self) -> None:
        """Pass on what a person has requested."""
        if self.reporter.stopping and self._stop_at is None:
            self._stop_at = time.monotonic() + STOP_SECONDS
            self.connection.broadcast(relay.stop, self.token, interrupt=self.reporter.interrupted)
        if self.reporter.take_skip():
            self._skip()

    def _skip(self) -> None:
        """Skip the trial that has been running for longest, whatever of it is where."""
        running = (own for own in self._sent.values() if own.taken and not own.skipped)
        oldest = next(running, None)
        if oldest is None:
            return
        trial = self.trial_of(oldest.tasks[0])
        self.left = deque(task for task in self.left if self.trial_of(task) != trial)
        for own in self._sent.values():
            if any(self.trial_of(task) == trial for task in own.tasks):
                own.skipped = True
                self.connection.broadcast(relay.skip, self.token, own.batch.number)

    def _ask_workers(self) -> None:
        """Look who works for the scheduler; without anybody it is waited for."""
        self._look_at = time.monotonic() + LOOK_SECONDS
        before = self._workers
        self._workers = self.connection.workers(self.mine)
        for sentence in refusals(self._workers):
            self.reporter.warn(sentence)
        if not self._workers.slots:
            self.reporter.phase(f"waiting for a worker of {self.connection.cluster.address}")
        elif self._workers.groups != before.groups:
            self.reporter.emit(used(self.connection.cluster, self._workers))

    # -- out -------------------------------------------------------------------------------------

    def _send(self) -> None:
        """Keep every worker busy, and of short tasks a batch ahead."""
        slots = self._workers.slots
        most = self.sizes.ahead * slots
        while self.left and len(self._sent) < most and not self.reporter.stopping:
            count = self.sizes.next(len(self.left), slots)
            self._submit([self.left.popleft() for _ in range(count)])

    def _submit(self, tasks: Sequence[Any]) -> None:
        self._number += 1
        live = sum(bool(own.batch.topic) for own in self._sent.values()) < LIVE
        batch = relay.Batch(
            number=self._number,
            token=self.token,
            work=(self.work.__module__, self.work.__name__),
            shared=self.shared.key,
            tasks=pickle.dumps(list(tasks)),
            count=len(tasks),
            threads=usable_threads(),
            identity=relay.identity(),
            topic=self.token if live else "",
        )
        sent = self._sent[batch.number] = Sent(batch, tasks)
        self._post(sent)

    def _post(self, sent: Sent) -> None:
        """Send a batch, for the first time or again."""
        workers = list(self._workers.threads)
        if self.shared.future is None:
            # by its hash: who has it keeps it
            name = f"penguin-tui-{self.shared.key}"
            self.shared.future = self.connection.scatter(name, self.shared.body, workers)
        number, sent.shared = sent.batch.number, self.shared.future
        sent.future = self.connection.submit(
            sent.batch, sent.shared,
            key=f"penguin-tui-{self.token}-{number}-{time.monotonic_ns()}",
            # only where some may not: a list for every task is work for the scheduler
            workers=workers if self._workers.refused else None,
        )  # fmt: skip
        sent.future.add_done_callback(lambda future: self.wake(self._take, number, future))

    # -- in --------------------------------------------------------------------------------------

    def _take_ahead(self, body: bytes) -> None:
        """What a batch reports before its end."""
        part: relay.Part = relay.read(body)
        sent = self._sent.get(part.number)
        if sent is not None:
            self.intake.ahead(sent, part)
            self.heed()

    def _take(self, number: int, future: Any) -> None:
        """A batch has ended, one way or the other."""
        sent = self._sent.get(number)
        if sent is None or sent.future is not future:
            return
        if future.status == "cancelled":
            self._cancelled(sent)
        elif future.status == "error":
            self._failed(sent, future.exception())
        else:
            self._done.append(sent)

    def _fetch(self) -> None:
        """Take in what batches that have ended have reported."""
        if not self._done:
            return
        ended, self._done = self._done, []
        bodies = self.connection.gather([own.future for own in ended])
        for sent, body in zip(ended, bodies, strict=True):
            self.sizes.seen(sent.batch.count, self.intake.end(sent, body))
            self.heed()
            del self._sent[sent.batch.number]

    def _cancelled(self, sent: Sent) -> None:
        """The scheduler is gone, or all workers that had what tasks share."""
        if self.connection.why_cancelled(sent.future) == "scheduler-connection-lost":
            raise self.connection.gone
        # it is lost once for all batches that were sent with it
        if sent.shared is self.shared.future:
            self._lost_shared += 1
            if self._lost_shared > MOST_LOST:
                raise self.connection.lost(self._lost_shared)
            self.shared.future = None
        self._post(sent)

    def _failed(self, sent: Sent, error: BaseException) -> None:
        if isinstance(error, relay.OtherVersion | ModuleNotFoundError):
            # one that has come since it was looked, and is known from here on
            self._ask_workers()
            if self._workers.refused:
                self._post(sent)
                return
        if self.connection.killed_workers(error):
            raise EngineError(
                f"Several workers have died while they did the same {len(sent.tasks)} tasks.",
                "They may have too little memory: see the log of dask worker.",
            ) from error
        raise error

    def end(self) -> None:
        """Nothing that was sent is wanted any more."""
        self.connection.forget(self.token, [own.future for own in self._sent.values()])
