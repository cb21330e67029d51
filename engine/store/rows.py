"""Writes of single rows, in the caller's transaction."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from engine.environment import clock
from engine.store.packing import packed_text

if TYPE_CHECKING:
    from engine.runs.events import Ended, Event


def insert(connection: sqlite3.Connection, table: str, **columns: Any) -> int:
    """Put a row into a table; returns its number."""
    return _put(connection, "INSERT", table, columns)


def replace(connection: sqlite3.Connection, table: str, **columns: Any) -> None:
    """Put a row into a table, in place of one with the same key."""
    _put(connection, "REPLACE", table, columns)


def _put(connection: sqlite3.Connection, verb: str, table: str, columns: Mapping[str, Any]) -> int:
    names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    query = f"{verb} INTO {table} ({names}) VALUES ({marks})"
    return int(connection.execute(query, columns).lastrowid or 0)


def append_events(
    connection: sqlite3.Connection, run: int, number: int, events: "Iterable[Event]"
) -> int:
    """Store events but `EpochBlock`s after the one of that `number`; returns the last's number.

    The run's `last_event` is left to the caller.
    """
    from engine.runs.events import event_to_json

    for event in events:
        number += 1
        insert(connection, "events", run=run, number=number, body=packed_text(event_to_json(event)))
    return number


def set_columns(connection: sqlite3.Connection, run: int, **columns: Any) -> None:
    """Change some columns of a run's row."""
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    query = f"UPDATE runs SET {assignments} WHERE id = :id"  # noqa: S608 - own names
    connection.execute(query, columns | {"id": run})


def count_work(connection: sqlite3.Connection, run: int, *, continues: bool) -> None:
    """Add to a run's `worked` what has passed since the last call, if somebody works on it.

    For the engine that does, with every write; without `continues` the work ends here.
    """
    now = clock.steady()
    connection.execute(
        "UPDATE runs SET worked = worked + max(0.0, :now - since), since = :next"
        " WHERE id = :run AND since IS NOT NULL",
        {"now": now, "next": now if continues else None, "run": run},
    )


def end_columns(event: "Ended") -> dict[str, Any]:
    """What a run's row says of its end."""
    return {"status": event.status, "ended": event.at, "message": event.message, "hint": event.hint}
