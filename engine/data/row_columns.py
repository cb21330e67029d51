"""What other columns say of rows: how much a row weighs, what it belongs to, a file of its own."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.row_hashes import row_hashes
from engine.data.table import Table
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.specs.data import DataSpec


def with_weights(table: Table, spec: DataSpec) -> Table:
    """The table with the weights of its rows; raises EngineError, with the line, for a bad one."""
    name = spec.sample_weight
    if name is None:
        return table
    if table.types[name] != "numeric":
        raise EngineError(
            f"sample_weight: column {shown(name)} does not hold numbers throughout.",
            "Choose a column of weights, from 0 upward.",
        )
    weights = table.frame[name].to_numpy(dtype=np.float64)
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(bad):
        line = table.file.line_of(int(table.rows[bad[0]]) - 1)
        raise EngineError(
            f"sample_weight: column {shown(name)} has no weight from 0 upward on line {line:,}"
            f" ({len(bad):,} such rows).",
            "Correct the cells, or remove the rows.",
        )
    if not weights.any():
        raise EngineError(f"sample_weight: column {shown(name)} is 0 on every row.")
    note = (
        f"Rows are weighted by {shown(name)} in training, brought to a mean of 1; scores count"
        " every row once."
    )
    return replace(table, weights=weights, notes=(*table.notes, note))


def test_file_spec(table: Table, spec: DataSpec) -> DataSpec:
    """How the test file is read: as the columns of the other file were understood."""
    types = {name: kind for name, kind in table.types.items() if name in table.features}
    return spec.model_copy(
        update={
            "data": spec.test_data, "test_data": None, "group": None, "order": None,
            "sample_weight": None, "features": table.features, "exclude": (), "include": (),
            "column_types": {**types, spec.target: "categorical"}, "class_order": (),
            "rare_classes": "refuse", "exclude_ids": False,
        }
    )  # fmt: skip


def with_test_file(table: Table, spec: DataSpec, load: Callable[[DataSpec], Table]) -> Table:
    """The table with the rows of the test file behind its own.

    Their numbers continue those of the file. Rows of classes that the file has not are dropped
    with a note. Raises EngineError for a test file of other columns.
    """
    if spec.test_data is None:
        return table
    try:
        other = load(test_file_spec(table, spec))
    except EngineError as error:
        raise EngineError(f"test_data: {error.message}", error.hint) from error
    place = {label: code for code, label in enumerate(table.classes)}
    codes = np.array([place.get(label, -1) for label in other.classes])[other.codes]
    kept = codes >= 0
    frame = other.frame.loc[kept]
    notes = [
        f"The test set is the file {shown(str(other.file.facts.path), 200)}, {int(kept.sum()):,}"
        f" rows; they are numbered from {table.file.rows + 1:,}."
    ]
    if not kept.all():
        unknown = [label for label in other.classes if label not in place]
        notes.append(
            f"{int((~kept).sum()):,} rows of the test file are dropped: their class, such as"
            f" {shown(unknown[0])}, is not in the data."
        )
    if not kept.any():
        raise EngineError("test_data: no row has a class of the data.", "Check its target column.")
    both = _joined(table, frame)
    used = [*table.features, spec.target]
    weights = table.weights
    return replace(
        table,
        frame=both,
        codes=np.concatenate([table.codes, codes[kept]]),
        rows=np.concatenate([table.rows, table.file.rows + other.rows[kept]]),
        fingerprints=None if table.fingerprints is None else row_hashes(both, used),
        weights=None if weights is None else np.append(weights, np.ones(int(kept.sum()))),
        notes=(*table.notes, *notes),
        test_rows=int(kept.sum()),
        test_sha256=other.file.sha256,
    )


def _joined(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of both, of the columns that the table has."""
    return pd.DataFrame(
        {name: _joined_column(column, frame.get(name), len(frame))
         for name, column in table.frame.items()}
    )  # fmt: skip


def _joined_column(
    own: "pd.Series[Any]", other: "pd.Series[Any] | None", rows: int
) -> "pd.Series[Any] | npt.NDArray[np.float64]":
    if other is None:
        other = own.iloc[:0].reindex(range(rows))
    if isinstance(own.dtype, pd.CategoricalDtype):
        return pd.Series(pd.api.types.union_categoricals([own, other.astype("category")],
                                                         sort_categories=True))  # fmt: skip
    return pd.concat([own, other], ignore_index=True)
