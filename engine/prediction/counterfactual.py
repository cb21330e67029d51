"""The smallest change of one column that turns a run's answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.preprocessing.preprocessor import CategoryColumn, Column, NumericColumn
from engine.data.types import number_text
from engine.prediction.fitted_run import FittedRun
from engine.prediction.network import Numbers
from engine.prediction.typed_row import nice_step
from engine.results.prediction import Counterfactual, FeatureRange

# values of a column that are tried, and multiplications that all of them may take: some 20 ms
VALUES = 200
MULTIPLICATIONS = 3e8
# numbers of rows that are tried at once
_AT_ONCE = 2_000_000


@dataclass(frozen=True, eq=False)
class _Trials:
    """The values of a column that are tried: as cells, numbers too, and preprocessed.

    `block` is float32 [values, features], the column's own features, the first of which is the
    one at `start`; `span` is the width of the training range, 0 of categories.
    """

    name: str
    cells: tuple[str, ...]
    numbers: npt.NDArray[np.float64]
    block: Numbers
    start: int
    span: float


class Counterfactuals:
    """Tries other values of each column of a row, one column at a time.

    Numbers are tried within the training range, to a two-hundredth of it or, with very many columns
    or a large network, less finely; moments are not.
    """

    def __init__(self, fitted: FittedRun, ranges: Mapping[str, FeatureRange]) -> None:
        self._fitted = fitted
        columns, start = fitted.preprocessor.columns, 0
        each = MULTIPLICATIONS / (fitted.network.multiplications * len(columns))
        values = max(2, int(min(VALUES, each)))
        self._trials: list[_Trials] = []
        for column in columns:
            found = _trials(column, ranges[column.name], values, start)
            self._trials += [found] if found is not None else []
            start += len(column.feature_names)

    def nearest(self, x: Numbers, cells: Mapping[str, Any], answer: int) -> Counterfactual | None:
        """The nearest value that gives another class than `answer`; None where none does.

        `x` is the preprocessed row, [1, features]; `cells` has its numbers and texts by column. Of
        equally near ones the first column is taken.
        """
        best: Counterfactual | None = None
        for group in self._groups(x.shape[1]):
            tried = np.repeat(x, sum(len(own.cells) for own in group), axis=0)
            end = 0
            for own in group:
                begin, end = end, end + len(own.cells)
                tried[begin:end, own.start : own.start + own.block.shape[1]] = own.block
            codes, end = self._fitted.codes(self._fitted.of_array(tried)), 0
            for own in group:
                begin, end = end, end + len(own.cells)
                found = self._turned(own, cells[own.name], codes[begin:end], answer)
                if found is not None and (best is None or found.distance < best.distance):
                    best = found
        return best

    def _groups(self, features: int) -> Iterator[list[_Trials]]:
        """The columns, as many at a time as take little memory."""
        group: list[_Trials] = []
        rows = 0
        for own in self._trials:
            if group and (rows + len(own.cells)) * features > _AT_ONCE:
                yield group
                group, rows = [], 0
            group.append(own)
            rows += len(own.cells)
        if group:
            yield group

    def _turned(
        self, own: _Trials, now: Any, codes: npt.NDArray[np.int64], answer: int
    ) -> Counterfactual | None:
        others = np.flatnonzero(codes != answer)
        if not len(others) or (own.span and pd.isna(now)):
            return None
        place, distance = int(others[0]), 1.0
        if own.span:
            away = np.abs(own.numbers[others] - float(now))
            place, distance = int(others[away.argmin()]), float(away.min() / own.span)
        label = self._fitted.classes[int(codes[place])]
        return Counterfactual(name=own.name, cell=own.cells[place], label=label, distance=distance)


def _trials(column: Column, known: FeatureRange, values: int, start: int) -> _Trials | None:
    """What is tried of a column; None of one that has nothing to try."""
    none = np.empty(0)
    if isinstance(column, CategoryColumn):
        levels = pd.Series([*column.levels], dtype="str")
        if column.encoding == "ordinal":
            block = column.numbers(levels)
        else:
            places = np.arange(len(column.feature_names))
            block = np.equal(column.hot(levels)[:, None], places).astype(np.float64)
        return _Trials(column.name, column.levels, none, _single(block), start, 0.0)
    if not isinstance(column, NumericColumn) or not known.step:
        return None
    low, high = float(known.low), float(known.high)
    step = nice_step((high - low) / values)
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    numbers = np.arange(first, last + 1) * step
    cells = tuple(number_text(float(f"{number:.10g}")) for number in numbers.tolist())
    block = column.numbers(pd.Series(numbers))
    return _Trials(column.name, cells, numbers, _single(block), start, high - low)


def _single(block: npt.NDArray[np.float64]) -> Numbers:
    return block.astype(np.float32)
