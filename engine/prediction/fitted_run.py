"""A run with what it has learnt: from typed columns to the probability of each class."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.preprocessor import Preprocessor
from engine.errors import EngineError
from engine.kinds import KINDS, label_of
from engine.prediction.decision import by_rule, classes_of
from engine.prediction.network import Network, Numbers
from engine.results.decision_rule import DecisionRule
from engine.results.scores import Scored
from engine.store.records import RunRecord
from engine.store.store import Store


@dataclass(frozen=True, eq=False)
class FittedRun:
    """The network or baseline that a run has kept, with its preprocessing.

    It never changes; any thread may predict with it.
    """

    record: RunRecord
    preprocessor: Preprocessor
    network: Network

    @classmethod
    def load(cls, store: Store, run: int) -> Self:
        """What run `run` has kept; raises EngineError where there is no such run or network."""
        record = store.run(run)
        model = store.artefact(run, "model.keras")
        # stored under the name that it had in 0.1.0
        preparation = store.artefact(run, "preparation.json")
        if model is None or preparation is None:
            raise _keeps_none(record)
        return cls(record, Preprocessor.from_json(preparation), Network.read(model))

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels in the order of their probabilities."""
        return self.preprocessor.classes

    @property
    def rule(self) -> DecisionRule:
        """How it decides: the rule that is kept with the run, or the most probable class."""
        return self.record.decision_rule or DecisionRule()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the data that it predicts from."""
        return tuple(column.name for column in self.preprocessor.columns)

    def probabilities(self, frame: pd.DataFrame) -> Numbers:
        """The probability of each class, float32 [rows, classes], of rows that have `columns`.

        Raises EngineError for a column that is not there or is of another type.
        """
        return by_rule(self.rule, self.network.probabilities(self.preprocessor.apply(frame)))

    def of_array(self, x: Numbers) -> Numbers:
        """As `probabilities`, of preprocessed rows [rows, features] that are not many."""
        return by_rule(self.rule, self.network.of_array(x))

    def codes(self, probabilities: Numbers) -> npt.NDArray[np.int64]:
        """The code of each row's class, int64 [rows], of such probabilities."""
        return classes_of(self.rule, self.classes, probabilities)


def _keeps_none(record: RunRecord) -> EngineError:
    """The error of a run without a network: a kind that keeps none, or a run that has not ended."""
    label = label_of(record.kind)
    if record.live:
        return EngineError(f"Run {record.id} ({label}) is {record.status}: it has no network yet.",
                           "Wait until it has finished.")  # fmt: skip
    kind = KINDS.get(record.kind)
    keeps = kind is not None and issubclass(kind.result, Scored)
    return EngineError(
        f"Run {record.id} ({label}, {record.status}) keeps no network to predict with.",
        f"'penguin-tui rerun {record.id}' trains it again." if keeps else
        "Predict with a training, a baseline, a sweep or a search.",
    )  # fmt: skip
