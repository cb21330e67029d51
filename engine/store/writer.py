"""The engine's writes: taking runs from the queue and keeping what they report."""

import json
import math
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from engine.events import (
    BLOCK_EPOCHS,
    COLUMNS,
    Ended,
    EpochBlock,
    Event,
    Finished,
    NetworkReady,
    TrialEnded,
    TrialStarted,
    event_to_json,
)
from engine.results import metrics
from engine.store.records import EngineRecord, RequestKind, RunRecord
from engine.store.store import Store

LOST_MESSAGE = "The engine process ended while this run was at work."
LOST_HINT = (
    "Start it again from the Runs screen. If this happens when you log out, the system ends"
    " what a session leaves behind: 'loginctl enable-linger' keeps it."
)


def claim(store: Store, kinds: Sequence[str], provenance: dict[str, Any]) -> RunRecord | None:
    """Take the next queued run of one of `kinds`; None when there is none."""
    marks = ", ".join("?" for _ in kinds)
    with store.writing() as connection:
        row = connection.execute(
            f"SELECT id FROM runs WHERE status = 'queued' AND kind IN ({marks})"  # noqa: S608
            " ORDER BY priority DESC, id LIMIT 1",
            tuple(kinds),
        ).fetchone()
        if row is None:
            return None
        connection.execute(
            "UPDATE runs SET status = 'running', started = ?, provenance = ? WHERE id = ?",
            (time.time(), json.dumps(provenance), row["id"]),
        )
    return store.run(row["id"])


def settle_lost(store: Store) -> list[int]:
    """Mark every run that claims to be at work as lost; only while no engine lives."""
    with store.writing() as connection:
        rows = connection.execute(
            "SELECT id, last_event FROM runs WHERE status IN ('running', 'stopping', 'paused')"
        ).fetchall()
        now = time.time()
        for row in rows:
            end = Ended(at=now, status="lost", message=LOST_MESSAGE, hint=LOST_HINT)
            _append(connection, row["id"], row["last_event"] + 1, end)
            _set(connection, row["id"], last_event=row["last_event"] + 1, **_end_columns(end))
        connection.execute(
            "UPDATE requests SET acknowledged = ? WHERE acknowledged IS NULL", (now,)
        )
    return [row["id"] for row in rows]


def acknowledge(store: Store, request: int, run: int | None, what: RequestKind) -> None:
    """Note that a request has been taken up, and show it in the run's status."""
    now = time.time()
    with store.writing() as connection:
        connection.execute("UPDATE requests SET acknowledged = ? WHERE id = ?", (now, request))
        change = {"stop": "stopping", "pause": "paused", "resume": "running"}.get(what)
        if run is not None and change:
            connection.execute(
                "UPDATE runs SET status = ?, acknowledged = CASE WHEN ? THEN ? ELSE acknowledged"
                " END WHERE id = ? AND status IN ('running', 'paused')",
                (change, what == "stop", now, run),
            )


def close_if_idle(store: Store, closing: EngineRecord) -> bool:
    """Announce that the engine ends, unless a run is waiting or at work.

    Both in one transaction: whoever submits a run sees the announcement and
    starts another engine, or this one sees the run.
    """
    with store.writing() as connection:
        live = "SELECT 1 FROM runs WHERE status IN ('queued', 'running', 'stopping', 'paused')"
        if connection.execute(live).fetchone():
            return False
        connection.execute("UPDATE engine SET record = ?", (json.dumps(asdict(closing)),))
    return True


def has_queued(store: Store, kinds: Sequence[str] | None = None) -> bool:
    """Whether a run (of one of `kinds`) is waiting."""
    return any(
        record.status == "queued" and (kinds is None or record.kind in kinds)
        for record in store.live_runs()
    )


class RunWriter:
    """Appends one run's events; knows the last number and the blocks still growing."""

    def __init__(self, record: RunRecord) -> None:
        self._run = record.id
        self._number = record.last_event
        # under as_published the "validation" figures are the test part's
        self._epochs_choose = record.protocol == "strict" and record.kind == "train"
        self._trials_choose = record.protocol == "strict"
        self._open: dict[int, EpochBlock] = {}
        self._epochs: dict[int, int] = {}
        self._best: float | None = record.best_val_accuracy

    def write(self, connection: sqlite3.Connection, events: Iterable[Event]) -> None:
        """Append events inside the caller's transaction, and update the run's row."""
        columns: dict[str, Any] = {}
        for event in events:
            if isinstance(event, EpochBlock):
                self._write_block(connection, event)
                columns["epochs_run"] = sum(self._epochs.values())
                columns["best_val_accuracy"] = self._best
                continue
            self._number += 1
            _append(connection, self._run, self._number, event)
            columns |= self._columns(connection, event)
        _set(connection, self._run, last_event=self._number, **columns)

    def _columns(self, connection: sqlite3.Connection, event: Event) -> dict[str, Any]:
        match event:
            case NetworkReady():
                return {"parameters": event.parameters}
            case TrialStarted():
                _start_trial(connection, self._run, event)
            case TrialEnded():
                _end_trial(connection, self._run, event)
                folds = event.scores.get("validation")
                if folds and self._trials_choose:
                    self._better([sum(folds) / len(folds)])
                    return {"best_val_accuracy": self._best}
            case Finished():
                sealed = getattr(event.result, "sealed_part", None)
                return {"metrics": json.dumps(metrics(event.result)), "sealed_part": sealed}
            case Ended():
                return _end_columns(event)
            case _:
                pass
        return {}

    def _better(self, accuracies: Iterable[float]) -> None:
        known = [a for a in accuracies if not math.isnan(a)]
        if self._best is not None:
            known.append(self._best)
        self._best = max(known, default=None)

    def _write_block(self, connection: sqlite3.Connection, block: EpochBlock) -> None:
        trial = block.trial
        self._epochs[trial] = block.end - 1
        if self._epochs_choose:
            self._better(block.columns[COLUMNS.index("val_accuracy")])
        grown = self._open.pop(trial).extended(block) if trial in self._open else block
        for start in range(0, len(grown), BLOCK_EPOCHS):
            part = tuple(column[start : start + BLOCK_EPOCHS] for column in grown.columns)
            chunk = EpochBlock(trial, grown.first + start, part)
            self._number += 1
            connection.execute(
                "INSERT OR REPLACE INTO epochs (run, trial, first, number, body)"
                " VALUES (?, ?, ?, ?, ?)",
                (self._run, trial, chunk.first, self._number, chunk.to_bytes()),
            )
            if len(chunk) < BLOCK_EPOCHS:
                self._open[trial] = chunk


def _append(connection: sqlite3.Connection, run: int, number: int, event: Event) -> None:
    connection.execute("INSERT INTO events VALUES (?, ?, ?)", (run, number, event_to_json(event)))


def _set(connection: sqlite3.Connection, run: int, **columns: Any) -> None:
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    query = f"UPDATE runs SET {assignments} WHERE id = :id"  # noqa: S608 - own names
    connection.execute(query, columns | {"id": run})


def _end_columns(event: Ended) -> dict[str, Any]:
    return {
        "status": event.status,
        "ended": event.at,
        "message": event.message,
        "hint": event.hint,
    }


def _start_trial(connection: sqlite3.Connection, run: int, event: TrialStarted) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO trials (run, trial, status, group_name, settings, epochs_planned,"
        " started) VALUES (?, ?, 'running', ?, ?, ?, ?)",
        (run, event.trial, event.group, json.dumps(event.settings), event.epochs, event.at),
    )


def _end_trial(connection: sqlite3.Connection, run: int, event: TrialEnded) -> None:
    connection.execute(
        "UPDATE trials SET status = ?, settings_used = ?, scores = ?, epochs = ?, ended = ?"
        " WHERE run = ? AND trial = ?",
        (
            event.status,
            json.dumps(event.settings_used),
            json.dumps(event.scores),
            event.epochs,
            event.at,
            run,
            event.trial,
        ),
    )


def keep_artefact(connection: sqlite3.Connection, run: int, name: str, body: bytes) -> None:
    """Keep a file a run has left."""
    connection.execute("INSERT OR REPLACE INTO artefacts VALUES (?, ?, ?)", (run, name, body))


def count_scoring(connection: sqlite3.Connection, run: int, sealed_part: str) -> None:
    """Count that a sealed test part has been scored once more."""
    connection.execute("INSERT INTO scorings VALUES (?, ?, ?)", (sealed_part, run, time.time()))
    _set(connection, run, sealed_part=sealed_part)


def keep_data_hash(connection: sqlite3.Connection, run: int, sha256: str) -> None:
    """Note which file content a run has learnt from."""
    _set(connection, run, data_sha256=sha256)
