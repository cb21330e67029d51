"""One split on which every leak is shown: a training with it, and its twin without.

The test set of the split is out of the run's training and validation rows. But for the leak the
twins are alike: the same rows to learn from, the same seed, the same test rows.
"""

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from sklearn.feature_selection import SelectKBest, f_classif

from engine.data.datasets import PreprocessedData
from engine.data.feature_matrix import FeatureMatrix
from engine.data.splits.folds import Labels, ScoredSets
from engine.jobs.comparison.fold import fitted
from engine.jobs.comparison.pool import strict_pool
from engine.jobs.phases.logistic import solver_rows
from engine.planning.evaluation import PlannedTrial
from engine.runs.events import training_key
from engine.runs.reporter import Diverged, Reporter
from engine.specs.derived_settings import with_settings
from engine.specs.kinds.leaks import SCORED, LeaksSpec
from engine.specs.network import EarlyStopping, NetworkSpec

# accuracies on the split's test rows: without the leak and with it
Twins = tuple[float, float]
# learning rates are tried from a tenth of the one set to ten times as much
TRIED_UP_TO = 10.0
MOST_RATE = 10.0


class LeakySplit:
    """Rows to learn from, rows to score on, and the trainings of one split; for one thread."""

    def __init__(
        self, spec: LeaksSpec, prepared: PreprocessedData, trial: PlannedTrial, reporter: Reporter
    ) -> None:
        self.spec, self._reporter = spec, reporter
        self._keys = (training_key(trial.number, number) for number in itertools.count())
        self.network = with_settings(spec.network, {"seed": trial.seed})
        # draws the same rows as the other, and keeps some of those to learn from for a choice
        keeping = strict_pool(spec, prepared, trial.number, reporter, keeps_rows=True)
        self.pool = strict_pool(spec, prepared, trial.number, reporter)
        self.rows, self.test = self.pool.hold_out(SCORED)
        self.honest = self.pool.scored_sets(self.rows, self.test)
        self.choosing = keeping.scored_sets(self.rows, self.test)
        self.honest_accuracy = self.accuracy(self.honest)
        copies = np.random.default_rng(trial.seed).permutation(self.test)
        self.copied = copies[: max(1, round(spec.copied * len(copies)))]

    def accuracy(self, sets: ScoredSets, network: NetworkSpec | None = None) -> float:
        """The accuracy on the test rows of a training on these sets."""
        return self.accuracies(sets, network or self.network, sets.scored)[0]

    def accuracies(
        self, sets: ScoredSets, network: NetworkSpec, *scored: tuple[FeatureMatrix, Labels]
    ) -> list[float]:
        """The accuracies of one training on several sets of rows."""
        said = fitted(network, sets, self._reporter, next(self._keys))
        return [float(np.mean(said(x, y).argmax(axis=1) == y)) for x, y in scored]


def _preprocessing(split: LeakySplit) -> Twins:
    leaking = split.pool.scored_sets(split.rows, split.test, leaking=True)
    return split.honest_accuracy, split.accuracy(leaking)


def _stopping(split: LeakySplit) -> Twins:
    """The best epoch, by rows kept from training and by the test rows."""
    rule = split.spec.early_stopping
    if rule is None or not rule.monitor.startswith("val_"):
        rule = EarlyStopping(monitor="val_accuracy", patience=split.spec.epochs)
    network = split.network.model_copy(update={"early_stopping": rule})
    sets = split.choosing
    return (
        split.accuracy(sets, network),
        split.accuracy(replace(sets, shown=sets.scored), network),
    )


def _selection(split: LeakySplit) -> Twins:
    """The best learning rate, by rows kept from training and by the test rows."""
    rate, sets = split.spec.learning_rate, split.choosing
    tried = np.geomspace(rate / TRIED_UP_TO, min(MOST_RATE, rate * TRIED_UP_TO), split.spec.tried)
    found: list[list[float]] = []
    for value in tried.tolist():
        network = with_settings(split.network, {"learning_rate": value})
        try:
            found.append(split.accuracies(sets, network, sets.shown, sets.scored))
        except Diverged:
            # nobody would choose it
            continue
    if not found:
        raise Diverged("The network diverged with every learning rate.")
    kept, test = zip(*found, strict=True)
    return test[int(np.argmax(kept))], max(test)


def _duplicates(split: LeakySplit) -> Twins:
    rows = np.concatenate([split.rows, split.copied])
    return split.honest_accuracy, split.accuracy(split.pool.scored_sets(rows, split.test))


def _features(split: LeakySplit) -> Twins:
    """The features that differ most between classes, of the training rows and of all rows."""
    (x, y), (x_test, y_test) = split.honest.train, split.honest.scored
    both = replace(
        x, numbers=np.vstack([x.numbers, x_test.numbers]), hot=np.vstack([x.hot, x_test.hot])
    )
    count = split.spec.features_kept
    kept = best_features(x, y, count), best_features(both, np.concatenate([y, y_test]), count)
    honest, leaking = (split.accuracy(_of_features(split.honest, own)) for own in kept)
    return honest, leaking


def best_features(x: FeatureMatrix, y: Labels, count: int) -> npt.NDArray[np.int64]:
    """The places of the features with the largest F of an analysis of variance; never constant."""
    varying = np.flatnonzero(x.varying())
    if len(varying) <= count:
        return varying
    # between classes that a feature tells apart without rest F is infinite
    with np.errstate(divide="ignore", invalid="ignore"):
        chosen = SelectKBest(f_classif, k=count).fit(solver_rows(x)[:, varying], y)
    best: npt.NDArray[np.int64] = varying[chosen.get_support(indices=True)]
    return best


def _of_features(sets: ScoredSets, features: npt.NDArray[np.int64]) -> ScoredSets:
    train, shown, scored = (
        (x.select(features), y) for x, y in (sets.train, sets.shown, sets.scored)
    )
    return replace(sets, train=train, shown=shown, scored=scored)


# by the names of `engine.results.leaks`
LEAKS_OF: dict[str, Callable[[LeakySplit], Twins]] = {
    "preprocessing": _preprocessing,
    "stopping": _stopping,
    "selection": _selection,
    "duplicates": _duplicates,
    "features": _features,
}


def possible_leaks(spec: LeaksSpec, prepared: PreprocessedData) -> list[str]:
    """The leaks that these data can have."""
    missing = prepared.table.frame[list(prepared.table.features)].isna().any(axis=None)
    scales = spec.scaling != "none" and prepared.train.x.numbers.shape[1] > 0
    impossible = {
        "preprocessing": not (missing or scales),
        "stopping": spec.epochs < 2,
        "features": len(prepared.feature_names) <= spec.features_kept,
    }
    return [name for name in LEAKS_OF if not impossible.get(name)]
