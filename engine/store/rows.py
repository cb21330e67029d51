"""Writes of single rows, in the caller's transaction."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from engine.runs.events import Ended, Event, event_to_json


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
    connection: sqlite3.Connection, run: int, number: int, events: Iterable[Event]
) -> int:
    """Store events but `EpochBlock`s after the one of that `number`; returns the last's number.

    The run's `last_event` is left to the caller.
    """
    for event in events:
        number += 1
        insert(connection, "events", run=run, number=number, body=event_to_json(event))
    return number


def set_columns(connection: sqlite3.Connection, run: int, **columns: Any) -> None:
    """Change some columns of a run's row."""
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    query = f"UPDATE runs SET {assignments} WHERE id = :id"  # noqa: S608 - own names
    connection.execute(query, columns | {"id": run})


def end_columns(event: Ended) -> dict[str, Any]:
    """What a run's row says of its end."""
    return {"status": event.status, "ended": event.at, "message": event.message, "hint": event.hint}
