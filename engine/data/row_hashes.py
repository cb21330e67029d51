"""Rows known again by their values: in another file, order or format.

A cell's hash depends on its parsed value and on the name of its column, a row's hash is the sum of
its cells' hashes: neither the order of rows and columns nor the way the file is written matters,
and what two tables share can be compared by summing the columns they share.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.datetimes import likely_moments
from engine.data.types import Check, codes_of, unheeded
from engine.runs.held_out_rows import HashedTable, HeldOutRows

Hashes = npt.NDArray[np.uint64]

# kept of a table, eight bytes each: the store grows by at most 4 MB for each data set
KEPT_HASHES = 2**19
# kept of a wide table, beside a hash over all of its columns
KEPT_COLUMNS = 64
# two tables are the same data where the columns they share tell so many of the rows apart
TOLD_APART = 0.9
# hashed at a time: bounds the memory needed besides the result
CHUNK_ROWS = 65_536
MISSING = np.array([np.nan]).view(np.uint64)
NUMBERS_BEGIN = frozenset("0123456789+-.")


@dataclass(frozen=True, eq=False)
class RowHashes:
    """The rows of a table by their values.

    `whole` uint64 [rows] hashes each row over all columns, `distinct` those kept in `table`, in
    the order of their hashes: the same table has the same `table.id` however it was written.
    """

    whole: Hashes
    distinct: Hashes
    table: HashedTable

    @classmethod
    def of(cls, frame: pd.DataFrame, target: str, check: Check = unheeded) -> Self:
        """Hash all rows; takes eight bytes a row, and a few more for one column at a time."""
        names = sorted(str(name) for name in frame.columns)
        whole = row_hashes(frame, names, check)
        kept = _kept_columns(names, target)
        sample = np.flatnonzero(_sampled(whole, KEPT_HASHES // (len(kept) + 1)))
        distinct, first = np.unique(whole[sample], return_index=True)
        rows = frame[kept].iloc[sample[first]]
        lines = [row_hashes(rows, [name], check) for name in kept]
        if len(kept) < len(names):
            kept.append("all of " + hashlib.sha256("\n".join(names).encode()).hexdigest())
            lines.append(distinct)
        hashes = np.stack(lines).astype("<u8").tobytes()
        digest = hashlib.sha256("\n".join((target, *kept)).encode("utf-8", "backslashreplace"))
        digest.update(hashes)
        table = HashedTable(digest.hexdigest(), target, tuple(kept), len(sample), hashes)
        return cls(whole, distinct, table)

    def held_out(self, test_set_id: str, index: npt.NDArray[np.int64]) -> HeldOutRows:
        """Those at the positions `index`, of which a held-out test set consists."""
        members = np.isin(self.distinct, self.whole[index])
        return HeldOutRows(test_set_id, self.table, np.packbits(members).tobytes())


def row_hashes(frame: pd.DataFrame, names: Iterable[str], check: Check = unheeded) -> Hashes:
    """The hash of each row over the columns `names`, uint64 [rows].

    Equal numbers have one hash, whether a column was read as numbers or as categories; so do equal
    moments, and all missing values.
    """
    found = np.zeros(len(frame), np.uint64)
    for name in names:
        check()
        column, salt = frame[name], _salt(name)
        if isinstance(column.dtype, pd.CategoricalDtype):
            # the last one is where pandas' code -1, missing, points to
            by_code = np.append(_of_texts(column.cat.categories.to_numpy(object)), MISSING)
            found += _mixed(by_code + salt)[codes_of(column)]
            continue
        numbers = _as_numbers(column)
        for start in range(0, len(numbers), CHUNK_ROWS):
            some = slice(start, start + CHUNK_ROWS)
            found[some] += _mixed(_bits(numbers[some]) + salt)
    return found


def same_rows(
    one: HashedTable, other: HashedTable
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None:
    """A number for each distinct row of both tables, [rows] each, equal where the rows are.

    They are compared by target and the columns that both have. None where these tell less than
    `TOLD_APART` of either table's rows apart: the tables are different ones.
    """
    shared = sorted(set(one.columns) & set(other.columns))
    if one.target != other.target or one.target not in shared:
        return None
    sums = [_sum(table, shared) for table in (one, other)]
    if one.id != other.id:
        for table, found in zip((one, other), sums, strict=True):
            if len(np.unique(found)) < TOLD_APART * table.rows:
                return None
    _, numbers = np.unique(np.concatenate(sums), return_inverse=True)
    return numbers[: len(sums[0])], numbers[len(sums[0]) :]


def _sum(table: HashedTable, names: Sequence[str]) -> Hashes:
    hashes = np.frombuffer(table.hashes, "<u8").reshape(len(table.columns), -1)
    lines = [table.columns.index(name) for name in names]
    found: Hashes = hashes[lines].sum(axis=0, dtype=np.uint64)
    return found


def _kept_columns(names: list[str], target: str) -> list[str]:
    """All of them, or the target and those of the lowest hash: most of another version's as well.

    In the order of their names.
    """
    if len(names) <= KEPT_COLUMNS:
        return names
    others = sorted((name for name in names if name != target), key=_salt)
    return sorted([target, *others[: KEPT_COLUMNS - 1]])


def _sampled(whole: Hashes, most: int) -> npt.NDArray[np.bool_]:
    """Which rows are kept, chosen by their values: at most about `most` of them."""
    bits = ((len(whole) - 1) // most).bit_length()
    return whole <= np.uint64(2 ** (64 - bits) - 1)


def _of_texts(texts: npt.NDArray[np.object_]) -> Hashes:
    """A hash of each text; that of its value where it is a number, or where all are moments."""
    moments = likely_moments(texts.tolist())
    if moments is not None and not np.isnat(moments.moments).any():
        return _bits(moments.moments.astype(np.int64).astype(np.float64))
    hashes = pd.util.hash_array(texts, categorize=False)
    likely = [i for i, text in enumerate(texts) if text.lstrip()[:1] in NUMBERS_BEGIN]
    numbers = pd.to_numeric(pd.Series(texts[likely]), errors="coerce").to_numpy(np.float64)
    hashes[likely] = np.where(np.isnan(numbers), hashes[likely], _bits(numbers))
    return hashes


def _as_numbers(column: "pd.Series[Any]") -> npt.NDArray[np.float64]:
    """A column of numbers as they are, one of moments in seconds since 1970."""
    if not pd.api.types.is_datetime64_dtype(column.dtype):
        return column.to_numpy(np.float64)
    seconds = column.to_numpy().astype("datetime64[s]").astype(np.int64)
    return np.where(column.isna(), np.nan, seconds)


def _bits(numbers: npt.NDArray[np.float64]) -> Hashes:
    """The bits of numbers, one pattern for each value."""
    # adding 0 turns the negative zero into the positive one
    plain: npt.NDArray[np.float64] = np.where(np.isnan(numbers), np.nan, numbers + 0.0)
    return plain.view(np.uint64)


def _salt(name: str) -> np.uint64:
    digest = hashlib.blake2b(name.encode("utf-8", "backslashreplace"), digest_size=8)
    return np.uint64(int.from_bytes(digest.digest(), "little"))


def _mixed(values: Hashes) -> Hashes:
    """Every bit of the result depends on every bit of the value (splitmix64's finalizer)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Hashes = values ^ (values >> np.uint64(31))
    return mixed
