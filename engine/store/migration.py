"""Bringing a store of an earlier version to the present form, once and whole.

Under the store's lock, after any engine of an earlier version has ended: a copy
of the store is put beside it, then all changes are made in one transaction. A
process that dies in between leaves the old store as it was. The copy goes when
an engine starts and finds the migrated store good (`remove_backup`).

Stored JSON (specs, events) stays as it was written and is read through
`specs.aliases`; only figures that were another thing than their name go.
"""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from inspect import signature
from pathlib import Path
from typing import Any

from engine.environment import clock
from engine.errors import EngineError
from engine.kinds import load_spec
from engine.store.home import is_own_file, private_file
from engine.store.locks import engine_alive
from engine.store.packing import packed
from engine.store.schema import QUERIES, SETTINGS, TEST_ROWS, VERSION
from engine.store.work_folder import work_folder
from engine.version import __version__

ENGINE_ENDS_SECONDS = 20.0
# beside the copy: the pages that the transaction changes, in the write-ahead log
_MARGIN_BYTES = 16 * 1024 * 1024
_LOOK_SECONDS = 0.05
# SQLite's application ID, which the copy has and the store itself has not
_BACKUP_MARK = b"peng"

# statements that lead from version n to n + 1, by n
STEPS: dict[int, str] = {
    # 0.1.0 to 0.2.0: `trials` was written and never read, priority and parent never set
    1: f"""
    DROP TABLE trials;
    DROP INDEX runs_by_status;
    ALTER TABLE runs DROP COLUMN priority;
    ALTER TABLE runs DROP COLUMN parent;
    ALTER TABLE runs RENAME COLUMN sealed_part TO test_set_id;
    CREATE INDEX runs_by_status ON runs (status, id);
    ALTER TABLE epochs RENAME COLUMN trial TO training_key;
    ALTER TABLE epochs ADD COLUMN columns TEXT NOT NULL
        DEFAULT 'loss,accuracy,val_loss,val_accuracy,learning_rate,seconds';
    ALTER TABLE scorings RENAME TO test_evaluations;
    ALTER TABLE test_evaluations RENAME COLUMN sealed_part TO test_set_id;
    DROP INDEX scorings_by_part;
    CREATE INDEX test_evaluations_by_split ON test_evaluations (test_set_id);
    {QUERIES}
    """,
    # 0.1.0 planned for a sweep or search the epochs of one of its trainings
    2: """
    ALTER TABLE runs ADD COLUMN worked REAL;
    ALTER TABLE runs ADD COLUMN since REAL;
    UPDATE runs SET worked = CASE WHEN ended IS NULL THEN 0.0 ELSE max(0.0, ended - started) END
        WHERE started IS NOT NULL;
    UPDATE runs SET epochs_planned = coalesce(epochs_planned_of(spec), epochs_planned);
    """,
    # what earlier versions have as the training accuracy of sweeps and Hyperband is the running
    # mean of an epoch, which its curve has as well; a sweep or search has no best epoch
    3: """
    ALTER TABLE runs RENAME COLUMN best_val_accuracy TO best_epoch_val_accuracy;
    UPDATE runs SET best_epoch_val_accuracy = NULL WHERE kind <> 'train';
    ALTER TABLE runs ADD COLUMN data_id TEXT;
    CREATE INDEX runs_by_data ON runs (data_id, kind, id);
    UPDATE runs SET data_id = data_id_of(spec, data_sha256) WHERE data_sha256 IS NOT NULL;
    UPDATE events SET body = without_running_means(body)
        WHERE run IN (SELECT id FROM runs WHERE kind IN ('sweep', 'hyperband'));
    UPDATE runs SET metrics = coalesce(
        (SELECT metrics_of(body) FROM events
            WHERE run = runs.id AND body LIKE '{"type":"finished"%' ORDER BY number DESC LIMIT 1),
        metrics);
    """,
    # evaluations were counted by file and rows; an engine works out which rows these were. Those of
    # a reproduction, whose settings are fixed, decide nothing and count no more
    4: f"""
    DELETE FROM test_evaluations WHERE run IN (SELECT id FROM runs WHERE kind = 'reproduce');
    {TEST_ROWS}
    """,  # noqa: S608 - own text
    # runs of before know their test file by its path alone
    5: "ALTER TABLE runs ADD COLUMN test_data_sha256 TEXT;",
    # 0.4.0 to 0.5.0: curves and long events are compressed, events of before may stay as they are
    6: """
    ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN decision_rule TEXT;
    UPDATE epochs SET body = packed(body);
    """,
    # 0.6.0 to 0.7.0
    7: f"""
    ALTER TABLE runs ADD COLUMN cluster TEXT NOT NULL DEFAULT '';
    {SETTINGS}
    """,
}


def migrate(connection: sqlite3.Connection, path: Path, found: int) -> None:
    """Lead the store at `path` from version `found` to `VERSION`; for who holds the store's lock.

    Raises `EngineError` when an older engine has running runs, or when the disk
    has no room for the copy.
    """
    _end_older_engine(connection, path.parent)
    _back_up(connection, path)
    for name, function in _FUNCTIONS.items():
        arguments = len(signature(function).parameters)
        connection.create_function(name, arguments, function, deterministic=True)
    steps = " ".join(STEPS[version] for version in range(found, VERSION))
    _run(connection, f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {VERSION}; COMMIT;")


def _epochs_planned(spec: str) -> int | None:
    try:
        return load_spec(spec).epochs_planned
    except EngineError:
        # what this version cannot read stays as it is
        return None


def _data_id(spec: str, sha256: str) -> str | None:
    try:
        return load_spec(spec).data_id(sha256)
    except EngineError:
        return None


def _without_running_means(event: str) -> str:
    """An event of a sweep or of Hyperband without training accuracies."""
    try:
        found = json.loads(event)
        found.get("scores", {}).pop("train", None)
        for point in found.get("result", {}).get("points", ()):
            point["train"] = None
        return json.dumps(found, separators=(",", ":"))
    except (ValueError, AttributeError, TypeError):
        return event


def _metrics(event: str) -> str | None:
    """What the row of a run says of its result, given the event that has it."""
    from engine.results.scores import metrics
    from engine.runs.events import Finished, event_from_json

    try:
        found = event_from_json(event)
    except ValueError:
        return None
    return json.dumps(metrics(found.result)) if isinstance(found, Finished) else None


# what `STEPS` call
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "epochs_planned_of": _epochs_planned,
    "data_id_of": _data_id,
    "without_running_means": _without_running_means,
    "metrics_of": _metrics,
    "packed": packed,
}


def _run(connection: sqlite3.Connection, script: str) -> None:
    connection.executescript(script)


def backup_path(path: Path) -> Path:
    """Where the store lies as it was before this version migrated it."""
    return path.with_name(f"{path.name}.before-{__version__}")


def remove_backup(connection: sqlite3.Connection, path: Path) -> None:
    """Let the copy go when the store is sound; for an engine that starts on a migrated store."""
    if _is_backup(backup_path(path)) and (
        connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    ):
        backup_path(path).unlink()


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    pages, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    needed, free = pages * size + _MARGIN_BYTES, shutil.disk_usage(path.parent).free
    if free < needed:
        raise EngineError(
            f"The store {path} has to be brought to this version, which needs"
            f" {needed / 1e6:,.0f} MB for a copy; {free / 1e6:,.0f} MB are free.",
            "Make room on the disk. Nothing has been changed.",
        )
    backup = backup_path(path)
    if os.path.lexists(backup) and not _is_backup(backup):
        raise EngineError(
            f"{backup} is in the way: a copy of the store is to be put there.",
            "Give it another name. Nothing has been changed.",
        )
    with work_folder(path.parent) as folder:
        new = private_file(folder / backup.name)
        with closing(sqlite3.connect(new)) as copy:
            connection.backup(copy)
            copy.execute(f"PRAGMA application_id = {int.from_bytes(_BACKUP_MARK)}")
        new.replace(backup)


def _is_backup(path: Path) -> bool:
    """Whether this program has made the copy of the store at `path`; a person's own bears no mark.

    The mark stands in SQLite's file header, where it changes nothing.
    """
    if not is_own_file(path):
        return False
    with path.open("rb") as file:
        return file.read(72)[68:] == _BACKUP_MARK


def _end_older_engine(connection: sqlite3.Connection, home: Path) -> None:
    """Ask an engine that has the store open in its old form to end, unless it has running runs."""
    if not engine_alive(home):
        return
    row = connection.execute("SELECT record FROM engine").fetchone()
    version, pid = _engine_of(row["record"] if row else "")
    running = "SELECT 1 FROM runs WHERE status IN ('running', 'stopping')"
    if connection.execute(running).fetchone():
        raise EngineError(
            f"An engine of penguin-tui {version} has running runs here; this is {__version__}.",
            "Wait until its runs have ended, or end it with that version's 'penguin-tui engine"
            " stop'; what it interrupts can be resumed.",
        )
    connection.execute(
        "INSERT INTO requests (run, what, made) VALUES (NULL, 'shutdown', ?)", (clock.now(),)
    )
    deadline = time.monotonic() + ENGINE_ENDS_SECONDS
    # an engine of 0.1.0 wakes nobody
    while engine_alive(home):
        if time.monotonic() > deadline:
            raise EngineError(
                f"The engine of penguin-tui {version} does not end on request.",
                f"End it with 'kill {pid}'." if pid else "End its process.",
            )
        time.sleep(_LOOK_SECONDS)


def _engine_of(record: str) -> tuple[str, int | None]:
    """The version and the process of an engine, as far as its record tells."""
    try:
        found = json.loads(record)
        return str(found["version"]), int(found["pid"])
    except (ValueError, TypeError, KeyError):
        return "another version", None
