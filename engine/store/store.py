"""The store: the only thing that the workbench and the engine share.

One SQLite file in WAL mode. Every write is a `BEGIN IMMEDIATE` transaction:
deferred ones that read and then write fail when ten processes start at once.
A `Store` belongs to the thread that opened it.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, TypeVar

from engine.environment import clock
from engine.errors import EngineError
from engine.results.decision_rule import DecisionRule
from engine.runs.events import EpochBlock, Event, event_from_json
from engine.specs.run_spec import RunSpec
from engine.store.connection import connect
from engine.store.explain import explained, lost_store, readable
from engine.store.home import identity, store_path
from engine.store.migration import remove_backup
from engine.store.packing import unpacked, unpacked_text
from engine.store.records import (
    RUN_COLUMNS,
    EngineRecord,
    Request,
    RequestKind,
    RunRecord,
    engine_record,
    run_record,
)
from engine.store.rows import insert, set_columns
from engine.store.wake import Waiter, wake_all

T = TypeVar("T")

# who waits looks this often without being woken: somebody may have been unable to wake
HEARTBEAT_SECONDS = 1.0


class Store:
    """Reading, and the writes of the workbench; the engine's are in `writer`."""

    def __init__(self, home: Path, connection: sqlite3.Connection, unwritable: str = "") -> None:
        self.home = home
        # why nothing can be written, where it is open for reading alone
        self.unwritable = unwritable
        self._connection = connection
        self._file = identity(store_path(home))
        self._waiter: Waiter | None = None

    @classmethod
    def open(cls, home: Path) -> Self:
        """Open the store of a home folder, made if it is not there."""
        return cls(home, *connect(home))

    def close(self) -> None:
        """Give the file back."""
        if self._waiter is not None:
            self._waiter.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def set_patience(self, seconds: float) -> None:
        """Wait at most so long for another program that holds the file."""
        self._connection.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Wait at most so long inside the block."""
        (before,) = self._connection.execute("PRAGMA busy_timeout").fetchone()
        self.set_patience(seconds)
        try:
            yield
        finally:
            self.set_patience(before / 1000)

    def check_file(self) -> None:
        """Raise a `StoreError` when the file that is open is not the store any more."""
        now = identity(store_path(self.home))
        if now != self._file:
            change = "removed" if now is None else "replaced by another file"
            raise lost_store(self.home, f"it was {change} while it was in use")

    # -- runs ---------------------------------------------------------------------------

    def submit(self, spec: RunSpec, *, name: str = "") -> int:
        """Queue a run; returns its id. The engine has to be started by `client.submit`."""
        with self.writing() as connection:
            return insert(
                connection,
                "runs",
                kind=spec.kind,
                name=name,
                status="queued",
                spec=spec.model_dump_json(),
                data=Path(spec.data).name,
                target=spec.target,
                protocol=spec.protocol,
                created=clock.now(),
                epochs_planned=spec.epochs_planned,
            )

    def runs(self, include_deleted: bool = False) -> list[RunRecord]:
        """All runs, newest first."""
        where = "" if include_deleted else "WHERE deleted IS NULL"
        return self._records(f"{where} ORDER BY id DESC")

    def live_runs(self) -> list[RunRecord]:
        """Runs that are queued, running, stopping or paused, oldest first."""
        return self._records(
            "WHERE status IN ('queued', 'running', 'stopping', 'paused') ORDER BY id"
        )

    def run(self, run: int) -> RunRecord:
        """One run; raises `EngineError` when there is none of that number."""
        found = self._records("WHERE id = ?", run)
        if not found:
            raise EngineError(
                f"There is no run {run}.", "penguin-tui runs lists the runs there are."
            )
        return found[0]

    def select(self, query: str, *values: Any, **named: Any) -> list[sqlite3.Row]:
        """The rows of a SELECT; for the modules of this package."""
        with explained(self.home):
            return self._connection.execute(query, named or values).fetchall()

    def _records(self, rest: str, *values: Any) -> list[RunRecord]:
        query = f"SELECT {RUN_COLUMNS} FROM runs {rest}"  # noqa: S608 - own text
        return [run_record(row) for row in self.select(query, *values)]

    def events(self, run: int, after: int = 0) -> tuple[int, list[Event]]:
        """What a run has reported since number `after`, and the number to ask from next.

        A block of epochs that has grown since then comes again in full.
        """
        with explained(self.home):
            self._connection.execute("BEGIN")
            try:
                rows = self._connection.execute(
                    "SELECT number, body, NULL AS key, NULL AS first, NULL AS columns FROM events"
                    " WHERE run = :run AND number > :after UNION ALL"
                    " SELECT number, body, training_key, first, columns FROM epochs"
                    " WHERE run = :run AND number > :after ORDER BY number",
                    {"run": run, "after": after},
                ).fetchall()
            finally:
                self._connection.execute("COMMIT")
        with readable(f"what run {run} has reported"):
            events = [
                event_from_json(unpacked_text(row["body"]))
                if row["key"] is None
                else EpochBlock.from_bytes(
                    row["key"], row["first"], unpacked(row["body"]), row["columns"].split(",")
                )
                for row in rows
            ]
        return (rows[-1]["number"] if rows else after), events

    def rename(self, run: int, name: str) -> None:
        """Give a run a name."""
        self._update(run, name=name)

    def annotate(self, run: int, note: str) -> None:
        """Keep a note with a run."""
        self._update(run, note=note)

    def set_tags(self, run: int, tags: Iterable[str]) -> None:
        """Let a run have these tags, each once; blanks part them."""
        self._update(run, tags=" ".join(dict.fromkeys(" ".join(tags).split())))

    def set_decision_rule(self, run: int, rule: DecisionRule | None) -> None:
        """Keep how the run's model is to decide; None: as it was trained."""
        self._update(run, decision_rule=None if rule is None else rule.model_dump_json())

    def delete(self, run: int) -> None:
        """Hide a run that has ended; `undelete` brings it back."""
        with self.writing() as connection:
            # in one transaction: it may be resumed this very moment
            if self.run(run).live:
                raise EngineError(f"Run {run} is still running.", "Stop it first.")
            set_columns(connection, run, deleted=clock.now())

    def undelete(self, run: int) -> None:
        """Bring a deleted run back."""
        self._update(run, deleted=None)

    def _update(self, run: int, **columns: Any) -> None:
        with self.writing() as connection:
            set_columns(connection, run, **columns)

    # -- requests to the engine -------------------------------------------------------------

    def request(self, run: int | None, what: RequestKind) -> int:
        """Put a request to a run, or to the engine; returns its number.

        A queued run is stopped at once: no engine has to be alive for it.
        """
        with self.writing() as connection:
            if what in ("stop", "kill") and run is not None:
                now = clock.now()
                connection.execute(
                    "UPDATE runs SET status = 'stopped', ended = ?, acknowledged = ?,"
                    " message = 'Stopped before it began.' WHERE id = ? AND status = 'queued'",
                    (now, now, run),
                )
            return insert(connection, "requests", run=run, what=what, made=clock.now())

    def open_requests(self) -> list[Request]:
        """Requests that nobody has acknowledged, oldest first."""
        rows = self.select(
            "SELECT id, run, what FROM requests WHERE acknowledged IS NULL ORDER BY id"
        )
        return [Request(row["id"], row["run"], row["what"]) for row in rows]

    def engine(self) -> EngineRecord | None:
        """The newest engine's record, whether it lives or not."""
        rows = self.select("SELECT record FROM engine")
        return engine_record(rows[0]["record"]) if rows else None

    # -- what else is stored ---------------------------------------------------------------

    def artefact(self, run: int, name: str) -> bytes | None:
        """Something a run has left (`model.keras`, `preparation.json`), or None."""
        rows = self.select("SELECT body FROM artefacts WHERE run = ? AND name = ?", run, name)
        return bytes(rows[0]["body"]) if rows else None

    def checkpoints(self, run: int) -> dict[int, bytes]:
        """The newest checkpoint of each training of an interrupted run, by trial."""
        rows = self.select("SELECT trial, body FROM checkpoints WHERE run = ?", run)
        return {row["trial"]: bytes(row["body"]) for row in rows}

    @property
    def shares_memory(self) -> bool:
        """Whether reading and writing do not wait for each other (SQLite's WAL mode)."""
        with explained(self.home):
            mode = self._connection.execute("PRAGMA journal_mode").fetchone()[0]
        return str(mode) == "wal"

    def version(self) -> int:
        """A number that changes whenever anybody has written, this store included."""
        with explained(self.home):
            others = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        return (others << 40) + self._connection.total_changes

    # -- waiting ----------------------------------------------------------------------------

    @property
    def waiter(self) -> Waiter:
        """Where to wait for what others write; made when it is first needed."""
        if self._waiter is None:
            self._waiter = Waiter(self.home)
        return self._waiter

    def wait_for(self, reached: Callable[[], T], seconds: float) -> T:
        """What `reached` returns once that is true, or returns when `seconds` have passed.

        It is called after each change of the store and when the engine has ended.
        """
        waiter, deadline = self.waiter, time.monotonic() + seconds
        while not (found := reached()):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            waiter.wait(min(left, HEARTBEAT_SECONDS))
        return found

    # -- transactions ------------------------------------------------------------------------

    @contextmanager
    def writing(self, *, wake: bool = True) -> Iterator[sqlite3.Connection]:
        """One immediate transaction, undone when the body raises; then all who wait are woken."""
        before = self._connection.total_changes
        with explained(self.home):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # on a full disk SQLite may have undone it already
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        if wake and self._connection.total_changes != before:
            wake_all(self.home, but=self._waiter)

    def give_back(self, pages: int) -> None:
        """Give the room of what was removed back to the disk, so many pages at a time.

        For each page up to three are written before its room is won.
        """
        with explained(self.home):
            while True:
                self.truncate_log()
                (free,) = self._connection.execute("PRAGMA freelist_count").fetchone()
                if not free or not self._gives_back:
                    return
                self._connection.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()

    def truncate_log(self) -> None:
        """Move what is in the write-ahead log into the file itself, where it takes no new room."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @property
    def _gives_back(self) -> bool:
        """Whether free pages can go back; not in a store that was made before 0.2.0."""
        return bool(self._connection.execute("PRAGMA auto_vacuum").fetchone()[0])

    def make_giving_back(self) -> None:
        """Let a store that was made before 0.2.0 give room back; takes as much as it has itself."""
        if not self._gives_back:
            with explained(self.home):
                self._connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                self._connection.execute("VACUUM")

    def remove_backup(self) -> None:
        """Let the copy from before a migration go, if the store is sound; for a starting engine."""
        with explained(self.home):
            remove_backup(self._connection, store_path(self.home))

    def set_engine(self, record: EngineRecord | None) -> None:
        """Say who the engine is; None when there is none any more."""
        with self.writing() as connection:
            connection.execute("DELETE FROM engine")
            if record is not None:
                insert(connection, "engine", one=1, record=json.dumps(asdict(record)))
