"""What the number of rows of each class rules out: classes with too few, and quantities."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.data.classes import Classes
from engine.data.table import Table
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.numbers import is_number
from engine.sources.validate import ROWS_OF_A_CLASS, least_rows
from engine.specs.data import DataSpec

# what rare classes are merged into
MERGED = "other"
SHOWN = 4
# distinct whole numbers: from so many on they are a quantity; from fewer on with fewer rows each
_QUANTITY = ((50, float("inf")), (20, 10.0), (10, 3.0))


def refuse_quantity(classes: Classes, spec: DataSpec) -> None:
    """Raise EngineError for a target of whole numbers with many values, unless it is requested."""
    values = len(classes.labels)
    rows = int((classes.codes >= 0).sum())
    # a run of an earlier version took such a target, and goes on with it
    if (
        spec.reader == 1
        or spec.column_types.get(spec.target) == "categorical"
        or not all(is_number(label) for label in classes.labels)
    ):
        return
    if any(values > most and rows < each * values for most, each in _QUANTITY):
        raise EngineError(
            f"target: column {shown(spec.target)} has {values:,} different whole numbers on"
            f" {rows:,} rows: a quantity, which is a task of regression. Here classes are learnt.",
            f"Choose another target or replace the numbers by classes (low, high …). If each number"
            f' is a class, set column_types to {{"{spec.target}": "categorical"}}.',
        )


def too_few(table: Table, spec: DataSpec, least: int = ROWS_OF_A_CLASS) -> list[int]:
    """The classes with fewer than `least` rows, where that matters."""
    if spec.protocol == "as_published":
        return []
    return np.flatnonzero(_rows(table) < least).tolist()


def told(table: Table, codes: Iterable[int]) -> str:
    """Classes with their rows: "'a' (1 row), 'b' (2 rows) and 3 more"."""
    rows, codes = _rows(table), list(codes)
    named = [
        f"{shown(table.classes[i])} ({'1 row' if rows[i] == 1 else f'{rows[i]:,} rows'})"
        for i in codes[:SHOWN]
    ]
    return ", ".join(named) + (f" and {len(codes) - SHOWN:,} more" if codes[SHOWN:] else "")


def refuse_rare(table: Table, spec: DataSpec) -> None:
    """Raise EngineError, with names and counts, where a class has too few rows for every set."""
    rare = too_few(table, spec)
    if rare:
        few = "Class" if len(rare) == 1 else "Classes"
        raise EngineError(
            f"{few} {told(table, rare)}: the strict protocol needs {ROWS_OF_A_CLASS} rows of each"
            " class, one to train, one to validate, one to test.",
            "Set rare_classes to exclude or merge, or add rows.",
        )


def with_rare_classes(table: Table, spec: DataSpec) -> Table:
    """The table with rare classes excluded or merged as `spec` says; refusing is the split's.

    Raises EngineError where fewer than two classes are left.
    """
    rare = too_few(table, spec, least_rows(spec))
    if not rare or spec.rare_classes == "refuse":
        return table
    found = told(table, rare)
    changed = (_merged if spec.rare_classes == "merge" else _excluded)(table, rare)
    if len(changed.classes) < 2:
        raise EngineError(
            f"rare_classes: without {found} fewer than two classes are left.",
            "Add rows of them, or choose another target.",
        )
    dropped = len(table.codes) - len(changed.codes)
    merged = f"merged into {shown(changed.classes[-1])}"
    what = f"excluded, {dropped:,} rows in all" if dropped else merged
    verb = "class is" if len(rare) == 1 else "classes are"
    note = f"Rare {verb} {what}: {found}."
    return with_rare_classes(replace(changed, notes=(*table.notes, note)), spec)


def _excluded(table: Table, rare: list[int]) -> Table:
    kept = ~np.isin(table.codes, rare)
    return _with_classes(_rows_of(table, kept), [i for i in range(len(table.classes))
                                                 if i not in set(rare)], None)  # fmt: skip


def _merged(table: Table, rare: list[int]) -> Table:
    if len(rare) == 1 and table.classes[rare[0]] == _merged_name(table.classes, rare):
        # merged before, and still too few
        return _excluded(table, rare)
    kept = [i for i in range(len(table.classes)) if i not in set(rare)]
    return _with_classes(table, kept, _merged_name(table.classes, rare))


def _merged_name(classes: tuple[str, ...], rare: list[int]) -> str:
    others = [name for i, name in enumerate(classes) if i not in set(rare)]
    return MERGED if MERGED not in others else f"{MERGED} (merged)"


def _with_classes(table: Table, kept: list[int], merged: str | None) -> Table:
    """The table with the classes `kept`, and all others as `merged`, the last."""
    code = np.full(len(table.classes), len(kept), dtype=np.int64)
    code[kept] = np.arange(len(kept))
    names = [table.classes[i] for i in kept] + ([merged] if merged is not None else [])
    return replace(table, classes=tuple(names), codes=code[table.codes])


def _rows_of(table: Table, kept: npt.NDArray[np.bool_]) -> Table:
    """The table with some of its rows."""
    fingerprints = table.fingerprints
    return replace(
        table,
        frame=table.frame.loc[kept].reset_index(drop=True),
        codes=table.codes[kept],
        rows=table.rows[kept],
        fingerprints=None if fingerprints is None else fingerprints[kept],
        weights=None if table.weights is None else table.weights[kept],
    )


def _rows(table: Table) -> npt.NDArray[np.int64]:
    return np.bincount(table.codes, minlength=len(table.classes))
