"""A fitted preprocessor as plain values: stored, read and applied without scikit-learn."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Discriminator, Field, ValidationError

from engine.data.types import Check, Rows, as_categories, categories_of, codes_of, unheeded
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.inspect import check_column
from engine.specs.base import Frozen

MISSING = "missing"
# rows preprocessed at a time: bounds the memory needed besides the result
CHUNK_ROWS = 65_536

Scale = Annotated[float, Field(gt=0)]
Values = npt.NDArray[np.float64]


class NumericColumn(Frozen):
    """Missing values become `fill`, then (x - shift) / scale."""

    type: Literal["numeric"] = "numeric"
    name: str
    fill: float
    shift: float = 0.0
    scale: Scale = 1.0

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The one preprocessed feature."""
        return (self.name,)

    def matrix(self, column: "pd.Series[Any]") -> Values:
        """The preprocessed column, float64 [rows, 1]; raises EngineError for what is no number."""
        try:
            values = column.to_numpy(dtype=np.float64, copy=True)
        except (ValueError, TypeError) as error:
            raise EngineError(
                f"Column {shown(self.name)} has to hold numbers: {error}.", "Correct the file."
            ) from error
        values[np.isnan(values)] = self.fill
        # what overflows is found and reported by the caller
        with np.errstate(over="ignore", invalid="ignore"):
            scaled: Values = ((values - self.shift) / self.scale)[:, None]
        return scaled


class CategoryColumn(Frozen):
    """Categories as one column each (one_hot) or as one column of scaled codes (ordinal).

    A category that is not among `levels` becomes all zeros, or code -1;
    a missing one has the code `missing_code`.
    """

    type: Literal["categorical"] = "categorical"
    name: str
    levels: tuple[str, ...]
    encoding: Literal["one_hot", "ordinal"]
    missing_code: int
    shift: float = 0.0
    scale: Scale = 1.0

    @property
    def feature_names(self) -> tuple[str, ...]:
        """One preprocessed feature, or one for each category."""
        if self.encoding == "ordinal":
            return (self.name,)
        return tuple(f"{self.name}={level}" for level in self.levels)

    def codes(self, column: "pd.Series[Any]") -> npt.NDArray[np.int64]:
        """The code of each row's category: -1 unseen."""
        if not isinstance(column.dtype, pd.CategoricalDtype):
            column = as_categories(column.astype("str"))
        place = {level: i for i, level in enumerate(self.levels)}
        codes = [place.get(text, -1) for text in categories_of(column)]
        # the last one is where pandas' code -1, missing, points to
        return np.array([*codes, self.missing_code], dtype=np.int64)[codes_of(column)]

    def matrix(self, column: "pd.Series[Any]") -> Values:
        """The preprocessed columns, float64 [rows, features]."""
        codes = self.codes(column)
        if self.encoding == "ordinal":
            return ((codes.astype(np.float64) - self.shift) / self.scale)[:, None]
        hot = np.zeros((len(codes), len(self.levels)))
        seen = np.flatnonzero((codes >= 0) & (codes < len(self.levels)))
        hot[seen, codes[seen]] = 1.0
        return hot


Column = Annotated[NumericColumn | CategoryColumn, Discriminator("type")]


class Preprocessor(Frozen):
    """Everything between a table's cells and a network's input, fitted.

    As published each set is scaled by its own range; the one kept here is the
    training set's.
    """

    version: Literal[1] = 1
    protocol: Literal["strict", "as_published"]
    columns: tuple[Column, ...]
    target: str
    classes: tuple[str, ...]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The preprocessed features in order."""
        return tuple(name for column in self.columns for name in column.feature_names)

    def matrix(self, frame: pd.DataFrame, rows: Rows, check: Check = unheeded) -> Values:
        """The preprocessed `rows` in full precision, float64 [rows, features]."""
        found = []
        for column in self.columns:
            check()
            found.append(column.matrix(frame[column.name].iloc[rows]))
        return np.hstack(found)

    def apply(
        self, frame: pd.DataFrame, rows: Rows | None = None, check: Check = unheeded
    ) -> npt.NDArray[np.float32]:
        """Preprocess all rows, or those at the positions `rows`: float32 [rows, features].

        Raises EngineError for a column that is not there, and for a number that
        is infinite once scaled.
        """
        there = [str(name) for name in frame.columns]
        for lacking in {column.name for column in self.columns}.difference(there):
            check_column(there, lacking, "preparation")
        if rows is None:
            rows = np.arange(len(frame))
        x = np.empty((len(rows), len(self.feature_names)), dtype=np.float32)
        for start in range(0, len(rows), CHUNK_ROWS):
            some = slice(start, start + CHUNK_ROWS)
            with np.errstate(over="ignore", invalid="ignore"):
                x[some] = self.matrix(frame, rows[some], check)
        check_finite(x, self.feature_names)
        return x

    def to_json(self) -> str:
        """The preprocessor as JSON, for `from_json`."""
        return self.model_dump_json(indent=1)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Preprocessor":
        """Read what `to_json` wrote; raises EngineError for anything else."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the whole"
            raise EngineError(
                f"The stored preprocessor is damaged: {place}: {first['msg']}.",
                "Train the network again.",
            ) from error


def check_finite(x: npt.NDArray[np.float32], names: Sequence[str]) -> None:
    """Raise EngineError unless all preprocessed numbers fit single precision."""
    fine = np.isfinite(x).all(axis=0)
    if not fine.all():
        name = names[int(np.argmin(fine))]
        raise EngineError(
            f"The numbers of column {shown(name)} are too large to be computed with.",
            "Divide them by a constant, choose a scaling, or put the column into exclude.",
        )
