"""The engine's writes: taking runs from the queue and keeping what they report."""

import json
import math
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from engine.environment import clock
from engine.environment.provenance import trainer_of
from engine.kinds import KINDS
from engine.results.scores import metrics
from engine.runs.events import (
    BLOCK_EPOCHS,
    BegunAnew,
    Ended,
    EpochBlock,
    Event,
    Finished,
    NetworkReady,
    Plan,
)
from engine.runs.figures import COLUMNS
from engine.runs.state import RunState
from engine.specs.data import DataSpec
from engine.store.engine_record import EngineRecord
from engine.store.packing import packed, unpacked
from engine.store.records import RequestKind, RunRecord
from engine.store.recovery import answer_parked
from engine.store.rows import append_events, count_work, end_columns, insert, replace, set_columns
from engine.store.store import Store


def claim(store: Store, kinds: Sequence[str], provenance: dict[str, Any]) -> RunRecord | None:
    """Take the next queued run of one of `kinds`; None when there is none."""
    marks = ", ".join("?" for _ in kinds)
    rows = store.select(
        "SELECT id, kind, last_event, provenance FROM runs"  # noqa: S608 - question marks
        f" WHERE status = 'queued' AND kind IN ({marks})"
        " ORDER BY id LIMIT 1",
        *kinds,
    )
    if not rows:
        return None
    run = int(rows[0]["id"])
    with store.writing() as connection:
        # it may have been stopped meanwhile
        taken = connection.execute(
            "UPDATE runs SET status = 'running', started = coalesce(started, ?),"
            " worked = coalesce(worked, 0.0), since = ?, provenance = ?"
            " WHERE id = ? AND status = 'queued'",
            (clock.now(), clock.steady(), json.dumps(provenance, separators=(",", ":")), run),
        )
        before = json.loads(rows[0]["provenance"])
        trains = KINDS[rows[0]["kind"]].needs != "data"
        outdated = before and trainer_of(before) != trainer_of(provenance)
        if taken.rowcount and trains and outdated:
            _begin_anew(connection, run, rows[0]["last_event"], before)
    return store.run(run) if taken.rowcount else None


def _begin_anew(
    connection: sqlite3.Connection, run: int, number: int, before: dict[str, Any]
) -> None:
    """Leave out what an earlier trainer came to: two halves by two trainers are no training."""
    version = before.get("penguin_tui", "an earlier version")
    reason = (
        f"It was begun by the trainer of penguin-tui {version}. Today's gives other figures from"
        " the same seed, so the run begins anew."
    )
    for table in ("epochs", "checkpoints"):
        connection.execute(f"DELETE FROM {table} WHERE run = ?", (run,))  # noqa: S608 - own names
    last = append_events(connection, run, number, [BegunAnew(reason=reason)])
    set_columns(
        connection, run, last_event=last, worked=0.0, epochs_run=0, parameters=None,
        best_epoch_val_accuracy=None,
    )  # fmt: skip


def acknowledge(
    store: Store, request: int, run: int | None, what: RequestKind, *, parked: bool = False
) -> None:
    """Note that a request has been taken up, and show it in the run's status.

    `parked` says that nobody works on the run: if it is paused, it is queued
    again or ended here and now.
    """
    now = clock.now()
    with store.writing() as connection:
        connection.execute("UPDATE requests SET acknowledged = ? WHERE id = ?", (now, request))
        if parked:
            answer_parked(connection, run, what)
            return
        change = {"stop": "stopping", "pause": "paused"}.get(what)
        if run is not None and change:
            connection.execute(
                "UPDATE runs SET status = ?, acknowledged = ? WHERE id = ?"
                " AND status IN ('running', 'paused')",
                (change, now, run),
            )
            if what == "pause":
                count_work(connection, run, continues=False)


def close_if_idle(store: Store, closing: EngineRecord) -> bool:
    """Announce that the engine ends, unless a run is live or a query open.

    Both in one transaction: whoever submits a run or asks sees the announcement and
    starts another engine, or this one sees the run.
    """
    with store.writing() as connection:
        # a paused run that nobody works on waits as well without an engine
        live = (
            "SELECT 1 FROM runs WHERE status IN ('queued', 'running', 'stopping')"
            " UNION ALL SELECT 1 FROM queries WHERE answer IS NULL AND message IS NULL"
        )
        if connection.execute(live).fetchone():
            return False
        connection.execute("UPDATE engine SET record = ?", (json.dumps(asdict(closing)),))
    return True


class RunWriter:
    """Appends one run's events; knows the last number and the blocks still growing."""

    def __init__(self, record: RunRecord) -> None:
        self._run = record.id
        self._number = record.last_event
        # under as_published the "validation" figures are of the test set, and of several trainings
        # the best epoch is that of another network
        self._has_best_epoch = record.protocol == "strict"
        self._open: dict[int, EpochBlock] = {}
        # epochs of each training, and the number of its first: a promoted one begins later
        self._epochs: dict[int, int] = {}
        self._first: dict[int, int] = {}
        self._seen: set[int] = set()
        self._best: float | None = record.best_epoch_val_accuracy

    def resume(self, state: RunState) -> None:
        """Take in which epochs a resumed run has already."""
        self._epochs = {trial: len(curve) for trial, curve in state.curves.items()}
        self._first = {trial: curve.chunks[0].first for trial, curve in state.curves.items()}
        self._has_best_epoch &= state.plan is None

    def mark(self) -> tuple[Any, ...]:
        """What this writer knows, for `restore` after a transaction that came to nothing."""
        return self._number, dict(self._open), dict(self._epochs), set(self._seen), self._best

    def restore(self, mark: tuple[Any, ...]) -> None:
        """Forget what was written since `mark`."""
        self._number, self._open, self._epochs, self._seen, self._best = mark

    def write(self, connection: sqlite3.Connection, events: Iterable[Event]) -> None:
        """Append events inside the caller's transaction, and update the run's row."""
        columns: dict[str, Any] = {}
        for event in events:
            if isinstance(event, EpochBlock):
                self._write_block(connection, event)
                columns["epochs_run"] = sum(self._epochs.values())
                columns["best_epoch_val_accuracy"] = self._best
                continue
            self._number = append_events(connection, self._run, self._number, [event])
            columns |= self._columns(connection, event)
        set_columns(connection, self._run, last_event=self._number, **columns)
        count_work(connection, self._run, continues="status" not in columns)

    def _columns(self, connection: sqlite3.Connection, event: Event) -> dict[str, Any]:
        match event:
            case NetworkReady():
                return {"parameters": event.parameters}
            case Plan():
                self._has_best_epoch = False
            case Finished():
                found = {
                    name: getattr(event.result, name)
                    for name in ("test_set_id", "parameters")
                    if hasattr(event.result, name)
                }
                return {
                    "metrics": json.dumps(metrics(event.result), separators=(",", ":")),
                    **found,
                }
            case Ended():
                if event.status in ("finished", "diverged"):
                    drop_checkpoints(connection, self._run)
                return end_columns(event)
        return {}

    def _better(self, accuracies: Iterable[float]) -> None:
        known = [a for a in accuracies if not math.isnan(a)]
        if self._best is not None:
            known.append(self._best)
        self._best = max(known, default=None)

    def _write_block(self, connection: sqlite3.Connection, block: EpochBlock) -> None:
        key = block.training_key
        self._epochs[key] = block.end - self._first.setdefault(key, block.first)
        if self._has_best_epoch:
            self._better(block.columns[COLUMNS.index("val_accuracy")])
        for chunk in self._before(connection, block).extended(block).chunks():
            self._number += 1
            replace(
                connection, "epochs", run=self._run, training_key=key, first=chunk.first,
                number=self._number, body=packed(chunk.to_bytes()), columns=",".join(COLUMNS),
            )  # fmt: skip
            if len(chunk) < BLOCK_EPOCHS:
                self._open[key] = chunk

    def _before(self, connection: sqlite3.Connection, block: EpochBlock) -> EpochBlock:
        """The block that this one extends; an empty one where it begins a new one."""
        key = block.training_key
        if key in self._open:
            return self._open.pop(key)
        nothing = EpochBlock(key, block.first, tuple(column[:0] for column in block.columns))
        # only a training that begins or is resumed can meet older epochs
        if key in self._seen:
            return nothing
        self._seen.add(key)
        row = connection.execute(
            "SELECT first, body, columns FROM epochs"
            " WHERE run = ? AND training_key = ? AND first <= ?"
            " ORDER BY first DESC LIMIT 1",
            (self._run, key, block.first),
        ).fetchone()
        connection.execute(
            "DELETE FROM epochs WHERE run = ? AND training_key = ? AND first > ?",
            (self._run, key, block.first),
        )
        if row is None or row["first"] == block.first:
            return nothing
        names = row["columns"].split(",")
        older = EpochBlock.from_bytes(key, row["first"], unpacked(row["body"]), names)
        return older if older.end >= block.first else nothing


def keep_artefact(connection: sqlite3.Connection, run: int, name: str, body: bytes) -> None:
    """Keep a file a run has left."""
    replace(connection, "artefacts", run=run, name=name, body=body)


def count_test_evaluation(connection: sqlite3.Connection, run: int, test_set_id: str) -> None:
    """Count that a run has evaluated a held-out test set, under its own id.

    Which rows these were, and how often each was evaluated, is counted by `engine.worker`.
    """
    insert(connection, "test_evaluations", test_set_id=test_set_id, run=run, at=clock.now())
    set_columns(connection, run, test_set_id=test_set_id)


def keep_data_hash(
    connection: sqlite3.Connection,
    run: int,
    spec: DataSpec,
    sha256: str,
    test_sha256: str | None = None,
) -> None:
    """Note which file content a run of `spec` has learnt from, and that of its test file."""
    data_id = spec.data_id(sha256, test_sha256)
    set_columns(connection, run, data_sha256=sha256, test_data_sha256=test_sha256, data_id=data_id)


def keep_checkpoint(
    connection: sqlite3.Connection, run: int, trial: int, epoch: int, body: bytes
) -> None:
    """Keep where a training is, instead of where it was."""
    replace(connection, "checkpoints", run=run, trial=trial, epoch=epoch, body=body)


def drop_checkpoint(connection: sqlite3.Connection, run: int, trial: int) -> None:
    """Nothing resumes from this trial's checkpoint any more."""
    connection.execute("DELETE FROM checkpoints WHERE run = ? AND trial = ?", (run, trial))


def drop_checkpoints(connection: sqlite3.Connection, run: int) -> None:
    """A run that has a result, or can have none, needs no checkpoint any more."""
    connection.execute("DELETE FROM checkpoints WHERE run = ?", (run,))
