"""The runs that are being worked on: each in a thread, what they report written together."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Literal

from engine.environment.memory import return_freed
from engine.kinds import KINDS
from engine.runs.events import Ended
from engine.runs.reporter import (
    Artefact,
    Checkpoint,
    CheckpointDropped,
    DataUsed,
    Reported,
    Reporter,
    ResumeState,
    TestEvaluated,
)
from engine.runs.state import RunState, fold
from engine.store.home import copies_path, private_file, private_folder
from engine.store.records import RequestKind, RunRecord
from engine.store.recovery import (
    killed_end,
    killed_reason,
    park,
    requeue,
    stopped_while_paused,
)
from engine.store.store import Store
from engine.store.writer import (
    RunWriter,
    drop_checkpoint,
    keep_artefact,
    keep_checkpoint,
    keep_data_hash,
)
from engine.worker.run_job import interrupted_end, unexplained_end, work

log = logging.getLogger("engine")

# what runs report is written at most this often
FLUSH_SECONDS = 0.05
INTERRUPT_SECONDS = 1.0
SLOW_STORE = (
    "The file system of this folder cannot share memory, so the store does without WAL mode:"
    " reading and writing wait for each other."
)


@dataclass
class ActiveRun:
    """A run that is being worked on: its thread, its reporter, and the writer of its events."""

    record: RunRecord
    reporter: Reporter
    writer: RunWriter
    thread: threading.Thread
    # set by the thread when all is reported
    end: Ended | None = None
    # reported, and not written yet because the store could not be written
    unwritten: list[Reported] = field(default_factory=list)
    # what becomes of it when it has been interrupted at a person's request
    afterwards: Literal["paused", "queued"] | None = None

    @property
    def id(self) -> int:
        """The run's number."""
        return self.record.id

    @property
    def ended(self) -> bool:
        """Whether all it will ever report has been reported."""
        return self.end is not None or not self.thread.is_alive()

    def heed(self, request: RequestKind) -> None:
        """Pass a request on to the job; it is taken up at the job's next check.

        A pause interrupts the run: it gives up its place, its thread and its
        memory, and resumes from its checkpoint like any interrupted run.
        """
        match request:
            case "stop":
                self.afterwards = None
                self.reporter.request_stop()
            case "skip":
                self.reporter.request_skip()
            case "pause" if not self.reporter.stopping and KINDS[self.record.kind].can_resume:
                self.afterwards = "paused"
                self.reporter.request_interrupt()
            case "resume" if self.afterwards == "paused":
                # its thread is still on its way out
                self.afterwards = "queued"
            case "pause" | "resume":
                pass  # it is ending, or not paused
            case _:
                log.warning("run %s: an unknown request (%.60r) is ignored", self.id, request)

    def settle(self, connection: sqlite3.Connection, otherwise: Ended) -> None:
        """Write what has become of the run, in the caller's transaction.

        One that was paused has not ended; `otherwise` stands for one that was
        interrupted, or whose thread has not said how it ended.
        """
        end = self.end
        if end is not None and (end.status != "stopped" or not self.reporter.interrupted):
            self.writer.write(connection, [end])
        elif self.afterwards is None:
            self.writer.write(connection, [otherwise])
        else:
            park(connection, self.id)
            if self.afterwards == "queued":
                requeue(connection, self.id)


class ActiveRuns:
    """Starts runs, and writes what they report; for the engine's main thread.

    `wake` is called from the threads of runs when there is something to write.
    """

    def __init__(self, home: Path, store: Store, wake: Callable[[], object]) -> None:
        self._home = home
        self._store = store
        self._wake = wake
        self._runs: dict[int, ActiveRun] = {}
        self._flushed_at = 0.0

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[ActiveRun]:
        return iter(self._runs.values())

    def get(self, run: int | None) -> ActiveRun | None:
        """The active run of that number, if it is one."""
        return None if run is None else self._runs.get(run)

    def start(self, record: RunRecord) -> None:
        """Begin or resume a run in a thread of its own."""
        writer = RunWriter(record)
        reporter = Reporter(self._resume_state(record, writer), self._wake)
        if not self._store.shares_memory:
            reporter.note(SLOW_STORE)

        def run() -> None:
            active.end = work(record, reporter)
            self._wake()
            # nobody waits for it any more
            return_freed()

        thread = threading.Thread(target=run, name=f"run-{record.id}", daemon=True)
        active = self._runs[record.id] = ActiveRun(record, reporter, writer, thread)
        thread.start()

    def _resume_state(self, record: RunRecord, writer: RunWriter) -> ResumeState:
        """What a resumed run has come to already."""
        if not record.last_event:
            return ResumeState()
        _, events = self._store.events(record.id)
        state = fold(RunState(), events)
        writer.resume(state)
        return ResumeState(state, self._store.checkpoints(record.id))

    # -- writing ------------------------------------------------------------------------------

    @property
    def pending(self) -> bool:
        """Whether there is something to write."""
        return any(run.reporter.pending for run in self)

    @property
    def seconds_to_flush(self) -> float:
        """How long until what is pending is to be written; not positive when it is now."""
        return self._flushed_at + FLUSH_SECONDS - time.monotonic()

    def flush_if_due(self) -> bool:
        """Write what is pending if it is time, or if a run has ended; says whether it did."""
        if self.seconds_to_flush > 0 and not any(run.ended for run in self):
            return False
        return self.flush()

    def flush(self) -> bool:
        """Write what has been reported, and let go of runs that have ended.

        Returns whether there was anything. Raises what the store raises, and
        keeps it all for the next time then.
        """
        # before the draining: what a run reports until then is not its last word
        ended = {run.id: run.end for run in self if run.ended}
        for run in self:
            # while the store cannot be written the rest waits where jobs see how much it is
            if not run.unwritten or run.id in ended:
                run.unwritten += run.reporter.drain()
        if not ended and not any(run.unwritten for run in self):
            return False
        self._write(
            {n: stopped_while_paused() if end else unexplained_end() for n, end in ended.items()}
        )
        self._flushed_at = time.monotonic()
        for number in ended:
            del self._runs[number]
        return True

    def _write(self, ends: Mapping[int, Ended]) -> None:
        """Write what is unwritten, and what becomes of some runs: all of it or nothing.

        `ends` are those runs, each with the end that `ActiveRun.settle` takes.
        """
        marks = [(run.writer, run.writer.mark()) for run in self]
        try:
            with self._store.writing() as connection:
                for run in self:
                    if run.unwritten:
                        write_reported(self._home, connection, run)
                    if run.id in ends:
                        run.settle(connection, ends[run.id])
        except BaseException:
            for writer, mark in marks:
                writer.restore(mark)
            raise
        for run in self:
            run.unwritten = []

    # -- the end of all -----------------------------------------------------------------------

    def kill(self, killed: ActiveRun) -> None:
        """Write the ends of a run that ignores everything and of others that are stopping.

        The rest, unless paused, goes back into the queue: this process is about to end.
        """
        self.flush()
        killed.afterwards = None
        ends = {run.id for run in self if self._store.run(run.id).status == "stopping"}
        ends |= {killed.id} & self._runs.keys()
        self._write({number: killed_end(number) for number in ends})
        with self._store.writing() as connection:
            for run in self:
                if run.id not in ends and run.afterwards != "paused":
                    requeue(connection, run.id, killed_reason({killed.id}))

    def interrupt(self) -> None:
        """End all runs; those that do not end in time are marked all the same.

        A paused run stays paused: another engine resumes it on request.
        """
        for run in self:
            run.reporter.request_interrupt()
        deadline = time.monotonic() + INTERRUPT_SECONDS
        for run in self:
            run.thread.join(max(0.0, deadline - time.monotonic()))
        for run in self:
            run.unwritten += run.reporter.drain()
        self._write({run.id: interrupted_end(run.id) for run in self})


def write_reported(home: Path, connection: sqlite3.Connection, active: ActiveRun) -> None:
    """Write what a run has reported, in the caller's transaction."""
    events, run = [], active.id
    for item in active.unwritten:
        match item:
            case Artefact():
                keep_artefact(connection, run, item.name, item.body)
            case TestEvaluated():
                # needs NumPy, which this process imports in its loader's thread
                import_module("engine.worker.test_rows").count_rows(connection, run, item.held_out)
            case Checkpoint():
                keep_checkpoint(connection, run, item.trial, item.epoch, item.body)
            case CheckpointDropped():
                drop_checkpoint(connection, run, item.trial)
            case DataUsed():
                spec = active.record.spec
                keep_data_hash(connection, run, spec, item.sha256, item.test_sha256)
                if item.body is not None:
                    _keep_copy(home, item.sha256, item.body)
            case _:
                events.append(item)
    active.writer.write(connection, events)


def _keep_copy(home: Path, sha256: str, body: bytes) -> None:
    path = private_folder(copies_path(home)) / f"{sha256}.csv"
    if path.exists():
        return
    # whole or not at all: the disk may be full
    new = private_file(path.with_suffix(".new"))
    new.write_bytes(body)
    new.replace(path)
