"""Queries in the store: small questions to the engine, answered once and never listed.

A query belongs to who asks: a process and a name in it. A newer one of the same
asker takes its place, its row goes when the answer has been read or the asker's
process is gone, and the engine gives up work on a row that has gone. Answers
that are worth keeping (a summary of a data file) are also kept under a key that
the asker gives; the next asker with that key has its answer at once.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from engine.environment import clock
from engine.errors import EngineError
from engine.store.rows import insert, replace
from engine.store.store import Store

# newest kept answers; one of penguins takes 60 kB, one of a wide table a few MB
KEPT_ANSWERS = 8
KEPT_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it stands: open while it has neither `answer` nor `error`.

    `arguments` and `answer` are JSON (an answer may be any bytes); `phase` says
    in words what the engine is busy with for it.
    """

    id: int
    kind: str
    arguments: str
    phase: str
    answer: bytes | None
    error: EngineError | None


def ask(store: Store, kind: str, arguments: str, asker: str, key: str | None = None) -> int:
    """Put a query in place of what this process asked before as `asker`; returns its number.

    With a `key` under which an answer is kept it has that answer from the start.
    """
    with store.writing() as connection:
        connection.execute("DELETE FROM queries WHERE pid = ? AND asker = ?", (os.getpid(), asker))
        kept = connection.execute(
            "UPDATE answers SET used = ? WHERE key = ? RETURNING body", (clock.now(), key)
        ).fetchall()
        body = kept[0]["body"] if kept else None
        own = {"pid": os.getpid(), "asker": asker, "kind": kind, "arguments": arguments}
        return insert(connection, "queries", **own, key=key, answer=body)


def look(store: Store, query: int) -> Query | None:
    """A query as it stands; None when it has been replaced, withdrawn or read."""
    return next(_selected(store, "WHERE id = ?", query), None)


def open_queries(store: Store) -> list[Query]:
    """Queries that have no answer yet, oldest first."""
    return list(_selected(store, "WHERE answer IS NULL AND message IS NULL ORDER BY id"))


def _selected(store: Store, rest: str, *values: object) -> Iterator[Query]:
    rows = store.select(
        "SELECT id, kind, arguments, phase, answer, message, hint FROM queries " + rest,  # noqa: S608 - own text
        *values,
    )
    for row in rows:
        failed = row["message"] is not None
        yield Query(
            row["id"],
            row["kind"],
            row["arguments"],
            row["phase"],
            None if row["answer"] is None else bytes(row["answer"]),
            EngineError(row["message"], row["hint"]) if failed else None,
        )


def remove(store: Store, query: int) -> None:
    """Take a query away: its answer has been read, or nobody wants it any more."""
    with store.writing() as connection:
        connection.execute("DELETE FROM queries WHERE id = ?", (query,))


def kept_answers(store: Store, kind: str) -> list[tuple[str, bytes]]:
    """Arguments and body of the answers kept of a kind, the last used first."""
    rows = store.select(
        "SELECT arguments, body FROM answers WHERE kind = ? ORDER BY used DESC", kind
    )
    return [(row["arguments"], bytes(row["body"])) for row in rows]


# -- for the engine ----------------------------------------------------------------------------


def set_begun(store: Store, query: int) -> None:
    """Mark a query as begun, which nobody waits for."""
    with store.writing(wake=False) as connection:
        connection.execute("UPDATE queries SET begun = 1 WHERE id = ?", (query,))


def set_phase(store: Store, query: int, phase: str) -> None:
    """Say what is being done for a query."""
    with store.writing() as connection:
        connection.execute("UPDATE queries SET phase = ? WHERE id = ?", (phase, query))


def answer(store: Store, query: int, body: bytes) -> None:
    """Answer a query, and keep the answer when it has a key; one that has gone is left alone."""
    with store.writing() as connection:
        found = connection.execute(
            "UPDATE queries SET answer = ? WHERE id = ? RETURNING key, kind, arguments",
            (body, query),
        ).fetchall()
        if not found or found[0]["key"] is None or len(body) > KEPT_BYTES:
            return
        replace(connection, "answers", **found[0], used=clock.now(), body=body)
        connection.execute(
            "DELETE FROM answers WHERE key NOT IN"
            " (SELECT key FROM answers ORDER BY used DESC LIMIT ?)",
            (KEPT_ANSWERS,),
        )


def fail(store: Store, query: int, error: EngineError) -> None:
    """Say why a query has no answer."""
    with store.writing() as connection:
        connection.execute(
            "UPDATE queries SET message = ?, hint = ? WHERE id = ?",
            (error.message, error.hint, query),
        )


def remove_orphans(store: Store) -> None:
    """Take away the queries of processes that are gone."""
    pids = {row["pid"] for row in store.select("SELECT DISTINCT pid FROM queries")}
    for pid in pids:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            with store.writing() as connection:
                connection.execute("DELETE FROM queries WHERE pid = ?", (pid,))
        except PermissionError:
            pass  # somebody else's process has the number now; the row goes with the engine


def fail_interrupted(store: Store) -> None:
    """Fail the queries that an engine had begun and did not live to answer.

    They are not tried again: one of them may be what ended it. For an engine
    that starts.
    """
    error = EngineError("The engine ended while it answered this.", "Ask again.")
    with store.writing() as connection:
        connection.execute(
            "UPDATE queries SET message = ?, hint = ? WHERE begun AND answer IS NULL",
            (error.message, error.hint),
        )
