"""What is at hand when a run is exported: its network, its rows, and what it has reported."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from engine.data.preprocessing.preprocessor import CategoryColumn, DatetimeColumn
from engine.data.typed_columns import MISSING_NOTE
from engine.errors import EngineError
from engine.exports.csv_tables import state_of
from engine.planning.chosen_training import train_spec
from engine.prediction.decision import by_rule
from engine.prediction.fitted_run import FittedRun
from engine.prediction.network import Numbers
from engine.prediction.own_rows import OwnRows
from engine.runs.state import RunState
from engine.specs.run_spec import RunSpec
from engine.specs.varying import VaryingSpec
from engine.store.predictions import predictions_of
from engine.store.records import RunRecord
from engine.store.store import Store

# what another form of the network may differ by, in a probability
TOLERANCE = 1e-5
# rows that another form is compared on, at most
COMPARED_ROWS = 5_000
MADE_ROWS = 64


@dataclass(frozen=True, eq=False)
class KeptRun:
    """A run with what it has kept; `own` are its rows, or why they cannot be had."""

    record: RunRecord
    state: RunState
    fitted: FittedRun
    own: OwnRows | EngineError
    # the files it has left, by the names under which they are stored
    artefacts: dict[str, bytes]
    stored: dict[int, tuple[float, ...]]

    @classmethod
    def load(cls, store: Store, run: int) -> Self:
        """All of it; raises EngineError where the run has kept no network."""
        fitted = FittedRun.load(store, run)
        own: OwnRows | EngineError
        try:
            own = OwnRows.load(store, fitted.record, lambda _: None)
        except EngineError as error:
            own = error
        names = ("model.keras", "preparation.json", "split.bin", "predictions.bin")
        found = {name: store.artefact(run, name) for name in names}
        return cls(
            record=fitted.record,
            state=state_of(store, fitted.record),
            fitted=fitted,
            own=own,
            artefacts={name: body for name, body in found.items() if body is not None},
            stored=_stored(store, fitted),
        )

    @property
    def training(self) -> RunSpec:
        """What its network was trained by: of a sweep or search the settings it has chosen."""
        spec, result = self.record.spec, self.state.result
        if not isinstance(spec, VaryingSpec):
            return spec
        return train_spec(spec, (result.chosen_settings if result else None) or {})

    @property
    def marks_missing(self) -> bool:
        """Whether texts or numbers of its data were taken for missing values."""
        notes = () if isinstance(self.own, EngineError) else self.own.table.notes
        return any(MISSING_NOTE in note for note in notes)

    @cached_property
    def rows_digest(self) -> str | None:
        """A hash of the class of each row of the run's file, -1 without one; None without rows."""
        if isinstance(self.own, EngineError):
            return None
        table = self.own.table
        codes = np.full(table.file.rows, -1)
        own = table.rows <= table.file.rows
        codes[table.rows[own] - 1] = table.codes[own]
        return hashlib.sha256(str(codes.tolist()).encode()).hexdigest()

    @cached_property
    def trial(self) -> pd.DataFrame:
        """Rows to compare on: the run's own, a sample of many, or some that are made."""
        if isinstance(self.own, EngineError):
            return made_rows(self.fitted)
        frame = self.own.table.frame
        step = -(-len(frame) // COMPARED_ROWS)
        return frame.iloc[::step].reset_index(drop=True)

    def refuse_difference(self, found: Numbers, expected: Numbers, form: str) -> float:
        """The largest difference of two arrays of probabilities [rows, classes].

        Raises EngineError where it is too large: nothing is written that predicts otherwise.
        """
        same = found.shape == expected.shape
        worst = float(np.abs(found - expected).max(initial=0.0)) if same else np.inf
        if not worst <= TOLERANCE:
            raise EngineError(
                f"The {form} predicts otherwise than run {self.record.id}: probabilities differ by"
                f" up to {worst:.1e}, so nothing was written.",
                "Please report it, with the settings of the run.",
            )
        return worst


def _stored(store: Store, fitted: FittedRun) -> dict[int, tuple[float, ...]]:
    """What the run said of each row of its data (by number, from 1), as it decides today.

    As published the test set was preprocessed otherwise than any new row is.
    """
    kept = predictions_of(store, fitted.record.id)
    if kept is None:
        return {}
    scaled_apart = fitted.preprocessor.test_columns is not None
    sets = [own for name, own in kept.sets.items() if name != "test" or not scaled_apart]
    return {
        row: tuple(by_rule(fitted.rule, np.array([p], np.float32))[0].tolist())
        for own in sets
        for row, _, p in own.each()
    }


def made_rows(fitted: FittedRun) -> pd.DataFrame:
    """Rows that nobody has measured, over the range that the preprocessing has learnt."""
    random = np.random.default_rng(0)
    columns: dict[str, object] = {}
    for column in fitted.preprocessor.columns:
        if isinstance(column, CategoryColumn):
            choices = np.array([*column.levels, "?"], object)
            columns[column.name] = pd.Categorical(random.choice(choices, MADE_ROWS))
        elif isinstance(column, DatetimeColumn):
            seconds = random.integers(0, 50 * 365 * 86_400, MADE_ROWS)
            columns[column.name] = seconds.astype("datetime64[s]")
        else:
            columns[column.name] = column.fill + column.scale * random.normal(size=MADE_ROWS)
    return pd.DataFrame(columns)


def beside(target: Path, name: str) -> Path:
    """A file in the folder of `target`."""
    return target.parent / name
