"""Test rows by their values, as a run reports them when it has evaluated them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HashedTable:
    """The distinct rows of a table by hashes of their cells, whatever file they were read from.

    `hashes` is uint64 [columns, rows], little-endian, a line for each of `columns`, the target
    among them; `id` is a hash of it all. `rows` counts the rows that have been hashed, doubled ones
    included: of a large table a sample, of a wide one some of the columns
    (`engine.data.row_hashes`).
    """

    id: str
    target: str
    columns: tuple[str, ...]
    rows: int
    hashes: bytes


@dataclass(frozen=True, slots=True)
class HeldOutRows:
    """The rows of a table that a held-out test set consists of.

    `id` names file, target and rows. `members` has a bit for each row of `table`, the highest of a
    byte first: set where the row is one of them.
    """

    id: str
    table: HashedTable
    members: bytes
