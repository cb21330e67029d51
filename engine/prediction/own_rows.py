"""The rows that a run was made from: to know them again, and to tell what lies outside of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.cells import read_cells
from engine.data.load import ReadCells, load
from engine.data.preprocessing.preprocessor import Preprocessor
from engine.data.row_hashes import TOLD_APART, row_hashes
from engine.data.scan import Progress
from engine.data.splits.test_set import test_set_id
from engine.data.table import Table
from engine.data.types import categories_of, codes_of
from engine.errors import EngineError
from engine.results.split_rows import unpacked
from engine.runs.held_out_rows import HeldOutRows
from engine.sources.numbers import is_number
from engine.specs.data import PENGUINS
from engine.store.home import copies_path
from engine.store.records import RunRecord
from engine.store.store import Store

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class OwnRows:
    """A run's data as it was read, and the set of each row, [rows]."""

    table: Table
    sets: npt.NDArray[np.str_]
    leaks: bool

    @classmethod
    def load(
        cls, store: Store, record: RunRecord, progress: Progress, read: ReadCells = read_cells
    ) -> Self:
        """Read the data again; raises EngineError where they are gone or have changed."""
        split = store.artefact(record.id, "split.bin")
        if split is None:
            raise EngineError(
                f"Run {record.id} has not kept which rows were in which set.",
                f"'penguin-tui rerun {record.id}' keeps it.",
            )
        spec = record.spec.data_spec
        copy = copies_path(store.home) / f"{record.data_sha256}.csv"
        if spec.data != PENGUINS and copy.exists():
            spec = spec.model_copy(update={"data": str(copy)})
        table = load(spec, progress, read)
        sets = np.array(list(unpacked(split)))
        if record.data_sha256 not in (None, table.file.sha256) or len(sets) < table.rows[-1]:
            raise EngineError(
                f"The data of run {record.id} have changed since.",
                "Put the file back as it was, or train on it as it is.",
            )
        return cls(table, sets[table.rows - 1], record.protocol == "as_published")

    @property
    def training(self) -> Rows:
        """Which rows were learnt from."""
        found: Rows = self.sets == "train"
        return found

    @property
    def seen(self) -> Rows:
        """Which rows were learnt from or chosen on: under `as_published` the test rows as well."""
        found: Rows = np.isin(self.sets, ("train", "validation", *(("test",) * self.leaks)))
        return found

    @property
    def held_out(self) -> HeldOutRows:
        """The test set by its values, as an evaluation of it is counted."""
        index = np.flatnonzero(self.sets == "test")
        return self.table.row_hashes.held_out(test_set_id(self.table, index), index)

    def shared(self, columns: Sequence[str]) -> tuple[str, ...]:
        """The columns of the data that are among `columns`."""
        return tuple(str(name) for name in self.table.frame.columns if name in set(columns))

    def hashes(self, names: Sequence[str], rows: Rows) -> npt.NDArray[np.uint64]:
        """The distinct rows of those marked by their values over the columns `names`, sorted."""
        return np.unique(row_hashes(self.table.frame.loc[rows], names))

    def told_apart(self, names: Sequence[str]) -> float:
        """The fraction of the rows that no other one equals over the columns `names`, at most."""
        return len(np.unique(row_hashes(self.table.frame, names))) / len(self.sets)

    @cached_property
    def code_of(self) -> dict[str, int]:
        """The class of each text that the target has, as it is written."""
        column = self.table.frame[self.table.target]
        texts, codes = categories_of(column), codes_of(column)
        rows = np.unique(codes, return_index=True)[1]
        return {texts[codes[row]]: int(self.table.codes[row]) for row in rows if codes[row] >= 0}


class LabelReader:
    """The class of a label as it is written in a new file."""

    def __init__(self, fitted: Preprocessor, own: OwnRows | None) -> None:
        self.target = fitted.target
        self._codes = {name: code for code, name in enumerate(fitted.classes)}
        self._codes |= {} if own is None else own.code_of
        self._numbers = {float(t): code for t, code in self._codes.items() if is_number(t)}

    def codes(self, column: "pd.Series[Any]") -> npt.NDArray[np.int64]:
        """The class of each row, [rows]: -1 without a label, -2 for one that the run has not."""
        of_text = [self._code(text) for text in categories_of(column)]
        return np.array([*of_text, -1], dtype=np.int64)[codes_of(column)]

    def _code(self, text: str) -> int:
        if text in self._codes:
            return self._codes[text]
        return self._numbers.get(float(text), -2) if is_number(text) else -2


def few_told_apart(own: OwnRows, names: Sequence[str]) -> str:
    """A sentence where rows are too much alike to be known again; empty where they are not."""
    fraction = own.told_apart(names)
    if fraction >= TOLD_APART:
        return ""
    return (
        f"Only {fraction:.0%} of the run's rows differ from each other: new rows that equal one of"
        " them count as seen as well."
    )
