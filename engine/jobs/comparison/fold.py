"""One fold of a comparison: a model learns from some rows and is scored on others."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.feature_matrix import FeatureMatrix
from engine.data.fold_scores import fold_scores
from engine.data.splits.folds import Labels, ScoredSets
from engine.jobs.comparison.classifiers import Said, classify
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.jobs.phases.row_weights import row_weights
from engine.planning.evaluation import ACCURACY, SECONDS
from engine.runs.reporter import Diverged, Reporter
from engine.specs.classifiers import CLASSIFIERS, NETWORK
from engine.specs.compared_models import ComparedModels
from engine.specs.derived_settings import with_settings
from engine.specs.network import NetworkSpec
from engine.trainer.batching import Rows
from engine.trainer.callbacks import train
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.network import fleet_member
from engine.trainer.prediction import predict


def scores_on(
    model: str, seed: int, spec: ComparedModels, sets: ScoredSets, reporter: Reporter, key: int
) -> dict[str, float]:
    """The scores of a model on these sets, and the `seconds` that it took.

    The network's epochs are reported under `key`. Raises `Diverged` where its loss is no number,
    and `Stopped` after a stop was requested.
    """
    reporter.check()
    begun = time.perf_counter()
    x, y = sets.scored
    if model == NETWORK:
        said = _network(seed, spec, sets, reporter, key)
    else:
        said = classify(model, spec, reporter, sets.train, x, sets.classes, sets.weights)
    probable = CLASSIFIERS[model].has_probabilities
    found = fold_scores(y, said.values, said.predicted, probabilities=probable)
    seconds = time.perf_counter() - begun
    return {ACCURACY: found.pop("accuracy"), **found, SECONDS: seconds}


def _network(
    seed: int, spec: ComparedModels, sets: ScoredSets, reporter: Reporter, key: int
) -> Said:
    network = with_settings(spec.network, {"seed": seed})
    probabilities = fitted(network, sets, reporter, key)(*sets.scored)
    return Said(probabilities, probabilities.argmax(axis=1))


def fitted(
    network: NetworkSpec, sets: ScoredSets, reporter: Reporter, key: int
) -> Callable[[FeatureMatrix, Labels], npt.NDArray[np.floating[Any]]]:
    """Train a network; what comes back says the probabilities [rows, classes] of rows.

    It takes their features and labels. The epochs are reported under `key`. Raises `Diverged`
    where the loss is no number, and `Stopped` after a stop was requested.
    """
    x, y = sets.train
    weights = row_weights(network, y, sets.classes, sets.weights)
    member = fleet_member(
        network, x.features, sets.classes, Rows.of(x, y, weights), Rows.of(*sets.shown)
    )
    training, report = member(), ReportEpochs(reporter, key)
    train(training, [report, EarlyStopping(network.early_stopping)])
    reporter.check()
    if report.diverged_at:
        raise Diverged(
            f"The network diverged: its loss was no longer a number in epoch {report.diverged_at}"
            " of one of the trainings."
        )
    return lambda x, y: predict(training.config, training.parameters, Rows.of(x, y))
