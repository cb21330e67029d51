"""How often each test row has been evaluated, whatever file, order and format it came in."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data.load import load
from engine.data.row_hashes import same_rows
from engine.data.splits.test_set import test_set_id
from engine.data.table import Table
from engine.errors import EngineError
from engine.kinds import load_spec
from engine.runs.held_out_rows import HashedTable, HeldOutRows
from engine.specs.data import PENGUINS, DataSpec
from engine.store.home import copies_path
from engine.store.rows import insert, replace
from engine.store.store import Store
from engine.store.writer import count_test_evaluation

Flags = npt.NDArray[np.bool_]

log = logging.getLogger("engine")

_UNKNOWN = """
    SELECT test_set_id AS id, count(*) AS evaluations FROM test_evaluations
    WHERE test_set_id NOT IN (SELECT id FROM test_sets) GROUP BY test_set_id
"""
# of a test set whose data were gone, and are back
_NOT_BY_ROWS = """
    SELECT count(*) FROM test_evaluations WHERE test_set_id = :id
    AND :id NOT IN (SELECT id FROM test_sets WHERE row_table IS NOT NULL)
"""
_RUNS_OF = """
    SELECT spec, data_sha256 FROM runs WHERE test_set_id = :id
    OR id IN (SELECT run FROM test_evaluations WHERE test_set_id = :id)
"""


def count_rows(connection: sqlite3.Connection, run: int, held_out: HeldOutRows) -> None:
    """Count that a run has evaluated these rows, in the caller's transaction.

    They are counted wherever the store knows them: in every table that has the same rows
    (`engine.data.row_hashes.same_rows`).
    """
    (before,) = connection.execute(_NOT_BY_ROWS, {"id": held_out.id}).fetchone()
    _add(connection, held_out, before + 1)
    count_test_evaluation(connection, run, held_out.id)


def _add(connection: sqlite3.Connection, held_out: HeldOutRows, times: int) -> None:
    """Know the rows of a test set, and count `times` evaluations more of each of them."""
    table = held_out.table
    if not connection.execute("SELECT 1 FROM row_tables WHERE id = ?", (table.id,)).fetchone():
        _keep_table(connection, table)
    replace(
        connection, "test_sets", id=held_out.id, row_table=table.id, members=held_out.members,
        evaluations=0,
    )  # fmt: skip
    for other in _tables(connection, table):
        if (there := _found(table, held_out.members, other)) is None:
            continue
        counts = _counts(connection, other) + np.uint32(times) * there
        _set_counts(connection, other, counts)


def _keep_table(connection: sqlite3.Connection, table: HashedTable) -> None:
    """Know a table, each of whose rows has been in the evaluations of those it is found among."""
    counts = np.zeros(_width(table), np.uint32)
    for other in _tables(connection, table):
        for members, times in connection.execute(
            "SELECT members, (SELECT count(*) FROM test_evaluations WHERE test_set_id = s.id)"
            " FROM test_sets s WHERE row_table = ?",
            (other.id,),
        ).fetchall():
            if (there := _found(other, members, table)) is not None:
                counts += np.uint32(times) * there
    insert(
        connection, "row_tables", id=table.id, target=table.target,
        columns=json.dumps(table.columns), rows=table.rows, hashes=table.hashes,
        evaluations=counts.astype("<u4").tobytes(),
    )  # fmt: skip


def _set_counts(
    connection: sqlite3.Connection, table: HashedTable, counts: npt.NDArray[np.uint32]
) -> None:
    """Keep how often each row of a table was evaluated; a test set has the largest of its own."""
    connection.execute(
        "UPDATE row_tables SET evaluations = ? WHERE id = ?",
        (counts.astype("<u4").tobytes(), table.id),
    )
    rows = connection.execute("SELECT id, members FROM test_sets WHERE row_table = ?", (table.id,))
    for name, members in rows.fetchall():
        most = int(counts[_flags(members, len(counts))].max(initial=0))
        connection.execute("UPDATE test_sets SET evaluations = ? WHERE id = ?", (most, name))


def _counts(connection: sqlite3.Connection, table: HashedTable) -> npt.NDArray[np.uint32]:
    (body,) = connection.execute(
        "SELECT evaluations FROM row_tables WHERE id = ?", (table.id,)
    ).fetchone()
    return np.frombuffer(body, "<u4").astype(np.uint32)


def _tables(connection: sqlite3.Connection, like: HashedTable) -> Iterator[HashedTable]:
    """The known tables that have the target of `like`, one at a time: each may be of 4 MB."""
    rows = connection.execute("SELECT id FROM row_tables WHERE target = ?", (like.target,))
    for (name,) in rows.fetchall():
        target, columns, count, hashes = connection.execute(
            "SELECT target, columns, rows, hashes FROM row_tables WHERE id = ?", (name,)
        ).fetchone()
        yield HashedTable(name, target, tuple(json.loads(columns)), count, hashes)


def _found(table: HashedTable, members: bytes, other: HashedTable) -> Flags | None:
    """Which rows of `other` are among the `members` of `table`; None: the data are different."""
    numbers = same_rows(table, other)
    if numbers is None:
        return None
    mine, theirs = numbers
    inside = np.zeros(max(mine.max(), theirs.max()) + 1, np.bool_)
    inside[mine[_flags(members, len(mine))]] = True
    found: Flags = inside[theirs]
    return found


def _flags(members: bytes, rows: int) -> Flags:
    return np.unpackbits(np.frombuffer(members, np.uint8), count=rows).astype(np.bool_)


def _width(table: HashedTable) -> int:
    return len(table.hashes) // (8 * len(table.columns))


# -- the counts of earlier versions --------------------------------------------------------------


def rebuild_counts(home: Path) -> None:
    """Work out which rows the test sets of earlier versions had, from their runs' spec and data.

    For an engine that starts, before its first run. A test set whose data are gone keeps the
    number of its own evaluations.
    """
    with Store.open(home) as store:
        if store.unwritable:
            return
        for row in store.select(_UNKNOWN):
            held_out = _rebuilt(store, row["id"])
            with store.writing() as connection:
                if held_out is not None:
                    _add(connection, held_out, row["evaluations"])
                    continue
                insert(
                    connection, "test_sets", id=row["id"], row_table=None, members=b"",
                    evaluations=row["evaluations"],
                )  # fmt: skip


def _rebuilt(store: Store, name: str) -> HeldOutRows | None:
    """The rows of a test set of that id; None where no run's data give it any more."""
    # with scikit-learn, which counting an evaluation does not need
    from engine.data.splits.split import split

    for row in store.select(_RUNS_OF, id=name):
        try:
            spec = load_spec(row["spec"]).data_spec
            table = _table(store.home, spec, row["data_sha256"])
            index = split(table, spec).test
        except EngineError as error:
            log.info("the rows of test set %.8s cannot be worked out: %s", name, error)
            continue
        if test_set_id(table, index) == name:
            return table.row_hashes.held_out(name, index)
    return None


def _table(home: Path, spec: DataSpec, sha256: str | None) -> Table:
    """The table that a run learnt from, from the copy of its file where there is one."""
    copy = copies_path(home) / f"{sha256}.csv"
    if spec.data != PENGUINS and copy.exists():
        spec = spec.model_copy(update={"data": str(copy)})
    return load(spec)
