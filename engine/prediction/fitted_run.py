"""A run with what it has learnt: from typed columns to the probability of each class."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.feature_matrix import FeatureMatrix
from engine.data.preprocessing.preprocessor import Preprocessor
from engine.prediction.decision import by_rule, classes_of
from engine.prediction.kept_network import kept_network
from engine.prediction.network import Network, Numbers
from engine.results.decision_rule import DecisionRule
from engine.store.records import RunRecord
from engine.store.store import Store


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A network or baseline with its preprocessing, and how it decides.

    It never changes; any thread may predict with it.
    """

    preprocessor: Preprocessor
    network: Network
    rule: DecisionRule

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels in the order of their probabilities."""
        return self.preprocessor.classes

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the data that it predicts from."""
        return tuple(column.name for column in self.preprocessor.columns)

    def probabilities(self, frame: pd.DataFrame) -> Numbers:
        """The probability of each class, float32 [rows, classes], of rows that have `columns`.

        Raises EngineError for a column that is not there or is of another type.
        """
        return self.of_matrix(self.preprocessor.apply(frame))

    def of_matrix(self, x: FeatureMatrix) -> Numbers:
        """As `probabilities`, of preprocessed rows."""
        return by_rule(self.rule, self.network.probabilities(x))

    def of_array(self, x: Numbers) -> Numbers:
        """As `probabilities`, of preprocessed rows [rows, features] that are not many."""
        return by_rule(self.rule, self.network.of_array(x))

    def codes(self, probabilities: Numbers) -> npt.NDArray[np.int64]:
        """The code of each row's class, int64 [rows], of such probabilities."""
        return classes_of(self.rule, self.classes, probabilities)


@dataclass(frozen=True, eq=False)
class FittedRun(FittedModel):
    """The model that a run has kept; its rule is the run's, or the most probable class."""

    record: RunRecord

    @classmethod
    def load(cls, store: Store, run: int) -> Self:
        """What run `run` has kept; raises EngineError where there is no such run or network."""
        record, model, preparation = kept_network(store, run)
        rule = record.decision_rule or DecisionRule()
        return cls(Preprocessor.from_json(preparation), Network.read(model), rule, record)
