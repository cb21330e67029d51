"""One fold of an evaluation: each model learns from the others and is scored on it."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.feature_matrix import FeatureMatrix
from engine.data.fold_scores import fold_scores
from engine.data.folds import FoldData
from engine.jobs.comparison.classifiers import Said, classify
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.jobs.phases.row_weights import row_weights
from engine.keras_adapter.build import fleet_member
from engine.planning.evaluation import ACCURACY, SECONDS
from engine.runs.reporter import Diverged, Reporter
from engine.specs.classifiers import CLASSIFIERS, NETWORK
from engine.specs.derived_settings import with_settings
from engine.specs.evaluate import EvaluateSpec
from engine.trainer.batching import Rows
from engine.trainer.callbacks import train
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.prediction import predict

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Portion:
    """What a model learns from and is scored on: rows [n, features] and labels [n].

    `shown` are the rows that early stopping looks at; where it is off, those that the epochs are
    validated on.
    """

    train: tuple[FeatureMatrix, Labels]
    shown: tuple[FeatureMatrix, Labels]
    scored: tuple[FeatureMatrix, Labels]
    classes: int
    weights: npt.NDArray[np.float64] | None = None

    @classmethod
    def of_fold(cls, fold: FoldData, held_out: Labels, y: Labels, classes: int) -> "Portion":
        """Of a fold: what is held out decides nothing."""
        scored = fold.x.take(held_out), y[held_out]
        train = fold.x.take(fold.train), y[fold.train]
        return cls(train, fold.validation or scored, scored, classes, fold.weights)


def scores_on(
    model: str, seed: int, spec: EvaluateSpec, portion: Portion, reporter: Reporter, key: int
) -> dict[str, float]:
    """The scores of a model on its portion, and the `seconds` that it took.

    The network's epochs are reported under `key`. Raises `Diverged` where its loss is no number,
    and `Stopped` after a stop was requested.
    """
    reporter.check()
    begun = time.perf_counter()
    x, y = portion.scored
    if model == NETWORK:
        said = _network(seed, spec, portion, reporter, key)
    else:
        said = classify(model, spec, reporter, portion.train, x, portion.classes, portion.weights)
    probable = CLASSIFIERS[model].has_probabilities
    found = fold_scores(y, said.values, said.predicted, probabilities=probable)
    seconds = time.perf_counter() - begun
    return {ACCURACY: found.pop("accuracy"), **found, SECONDS: seconds}


def _network(seed: int, spec: EvaluateSpec, portion: Portion, reporter: Reporter, key: int) -> Said:
    network = with_settings(spec.network, {"seed": seed})
    x, y = portion.train
    weights = row_weights(network, y, portion.classes, portion.weights)
    member = fleet_member(
        network, x.features, portion.classes, Rows.of(x, y, weights), Rows.of(*portion.shown)
    )
    training, report = member(), ReportEpochs(reporter, key)
    train(training, [report, EarlyStopping(spec.early_stopping)])
    reporter.check()
    if report.diverged_at:
        raise Diverged(
            f"The network diverged: its loss was no longer a number in epoch {report.diverged_at}"
            " of one of the trainings."
        )
    scored: Any = Rows.of(*portion.scored)
    probabilities = predict(training.config, training.parameters, scored)
    return Said(probabilities, probabilities.argmax(axis=1))
