"""Interrupted runs: marked as lost, put back into the queue, left paused.

Nothing here asks who is alive. `mark_lost_runs` may be called by whoever holds the
engine's lock; the other functions change runs that nobody works on.
"""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from engine.environment import clock
from engine.environment.machine import since_this_boot
from engine.environment.memory import kills_for_memory, of_memory
from engine.runs.events import Ended, Event, Note, Resumed
from engine.store.heartbeat import last_heartbeat
from engine.store.home import log_path
from engine.store.records import RESUMABLE
from engine.store.rows import append_events, count_work, end_columns, set_columns
from engine.store.store import Store

LOST_MESSAGE = "The engine process ended during this run."
MEMORY_MESSAGE = "The engine process was killed during this run: the memory was used up."
RESTART_MESSAGE = "The machine was restarted during this run."
_RESUMES = (
    "'penguin-tui resume {run}', or p on the Runs screen, continues from its last checkpoint."
)
LOST_HINT = f"{_RESUMES} On some machines a logout ends it: 'loginctl enable-linger' keeps it then."
MEMORY_HINT = (
    f"{_RESUMES} It needs more memory, or less to do at once: fewer rows, features, units or"
    " other runs."
)
# of the log's end, in which a library's last words stand
_LAST_BYTES, _LAST_LINES = 4096, 4
KILLED_MESSAGE = "Killed: it did not stop on request."
KILLED_HINT = "'penguin-tui resume {run}' continues from its last checkpoint."
STOPPED_MESSAGE = "Stopped while it was paused."
PAUSED_NOTE = "Paused: its place is free for other runs."


def mark_lost_runs(store: Store) -> list[int]:
    """Mark every run that claims to be running as lost; only while no engine is alive.

    A run that was to be killed counts as stopped, and the others, which lost
    their engine for its sake, go back into the queue. A paused run stays
    paused, unless a stop or a resume was requested meanwhile. Returns the runs
    that were running.
    """
    cause = _lost_cause(store)
    with store.writing() as connection:
        requests = connection.execute(
            "SELECT id, run, what FROM requests WHERE acknowledged IS NULL ORDER BY id"
        ).fetchall()
        rows = connection.execute("SELECT id FROM runs WHERE status IN ('running', 'stopping')")
        found = [row["id"] for row in rows]
        # also one that the engine acknowledged, and then got no further
        rows = connection.execute(
            "SELECT DISTINCT r.id FROM runs r JOIN requests q ON q.run = r.id WHERE q.what = 'kill'"
            " AND r.status IN ('running', 'stopping')"
        )
        killed = {row["id"] for row in rows}
        for run in found:
            if run in killed:
                end_run(connection, run, killed_end(run))
            elif killed:
                requeue(connection, run, killed_reason(killed))
            else:
                end_run(connection, run, lost_end(run, cause))
        for row in requests:
            answer_parked(connection, row["run"], row["what"])
        connection.execute(
            "UPDATE requests SET acknowledged = ? WHERE acknowledged IS NULL", (clock.now(),)
        )
    return found


def answer_parked(connection: sqlite3.Connection, run: int | None, what: str) -> None:
    """Heed a request to a paused run that no engine has."""
    row = connection.execute(
        "SELECT 1 FROM runs WHERE id = ? AND status = 'paused'", (run,)
    ).fetchone()
    if run is None or row is None:
        return
    if what == "resume":
        requeue(connection, run)
    elif what in ("stop", "kill"):
        end_run(connection, run, stopped_while_paused())


def resume_ended(store: Store, run: int) -> bool:
    """Put an interrupted run back into the queue; false when its status does not allow it."""
    with store.writing() as connection:
        row = connection.execute(
            "SELECT status FROM runs WHERE id = ? AND deleted IS NULL", (run,)
        ).fetchone()
        if row is None or row["status"] not in RESUMABLE:
            return False
        requeue(connection, run)
    return True


def park(connection: sqlite3.Connection, run: int) -> None:
    """Leave a run paused that nobody works on any more."""
    count_work(connection, run, continues=False)
    _append(connection, run, [Note(level="info", text=PAUSED_NOTE)])
    set_columns(connection, run, status="paused")


def requeue(connection: sqlite3.Connection, run: int, reason: str = "") -> None:
    """Queue a run again; an engine resumes it from what the store has of it."""
    row = connection.execute("SELECT worked FROM runs WHERE id = ?", (run,)).fetchone()
    events: list[Event] = [Resumed(seconds_before=row["worked"] or 0.0)]
    if reason:
        events.append(Note(level="warning", text=reason))
    _append(connection, run, events)
    set_columns(
        connection, run, status="queued", since=None, ended=None, acknowledged=None,
        message="", hint="", metrics="{}",
    )  # fmt: skip
    # what was requested of it before no longer holds, such as a kill
    connection.execute("DELETE FROM requests WHERE run = ? AND acknowledged IS NOT NULL", (run,))


def end_run(connection: sqlite3.Connection, run: int, end: Ended) -> None:
    """Write how a run ended that no engine has; it worked until what was written of it last."""
    _append(connection, run, [end])
    set_columns(connection, run, since=None, **end_columns(end))


def stopped_while_paused() -> Ended:
    """How a run ends that is stopped instead of resumed."""
    return Ended(status="stopped", message=STOPPED_MESSAGE)


def lost_end(run: int, cause: tuple[str, str] = (LOST_MESSAGE, LOST_HINT)) -> Ended:
    """How a run ends whose engine is gone; `cause` is the message, and the hint without the run."""
    message, hint = cause
    return Ended(status="lost", message=message, hint=hint.format(run=run))


def _lost_cause(store: Store) -> tuple[str, str]:
    """What ended the engine, as far as the system or its own log tells."""
    engine, beat = store.engine(), last_heartbeat(store.home)
    if engine is not None and not since_this_boot(engine.host, engine.boot):
        return RESTART_MESSAGE, _RESUMES
    killed = beat is not None and -1 < beat.memory_kills < kills_for_memory()
    if killed or any(of_memory(line) for line in _last_lines(store.home)):
        return MEMORY_MESSAGE, MEMORY_HINT
    return LOST_MESSAGE, LOST_HINT


def _last_lines(home: Path) -> list[str]:
    try:
        with log_path(home).open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _LAST_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return [line for line in lines if line.strip()][-_LAST_LINES:]


def killed_end(run: int) -> Ended:
    """How a run ends that had to be killed."""
    return Ended(status="stopped", message=KILLED_MESSAGE, hint=KILLED_HINT.format(run=run))


def killed_reason(killed: set[int]) -> str:
    """The note in a run that lost its engine because others had to be killed."""
    runs = ", ".join(str(run) for run in sorted(killed))
    return (
        f"Run {runs} had to be killed, which ended the engine's process. This run was resumed"
        " from its last checkpoint."
    )


def _append(connection: sqlite3.Connection, run: int, events: Sequence[Event]) -> None:
    (number,) = connection.execute("SELECT last_event FROM runs WHERE id = ?", (run,)).fetchone()
    set_columns(connection, run, last_event=append_events(connection, run, number, events))
