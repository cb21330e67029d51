"""How one fold of a cross-validation is classified: every score of an evaluation.

scikit-learn has these scores too, and the tests compare with it; its functions spend two
milliseconds each on checking what they are given, which for folds that are trained in ten is the
larger part.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from engine.data.log_probabilities import LEAST_PROBABILITY

Labels = npt.NDArray[np.integer[Any]]
Values = npt.NDArray[np.floating[Any]]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Fold:
    """The rows of a fold with what a classifier says of them.

    y int [rows]; values [rows, classes] are probabilities, or else decision values, which rise
    with how much speaks for a class; counts [classes, classes] has actual classes as rows.
    """

    y: Labels
    values: Values
    counts: Counts


def accuracy(fold: Fold) -> float:
    """The fraction of rows classified correctly."""
    return float(fold.counts.trace() / fold.counts.sum())


def balanced_accuracy(fold: Fold) -> float:
    """The mean recall of the classes that have rows."""
    rows = fold.counts.sum(axis=1)
    present = rows > 0
    return float((fold.counts.diagonal()[present] / rows[present]).mean())


def macro_f1(fold: Fold) -> float:
    """The mean F1 over the classes that have rows or predictions."""
    both = fold.counts.sum(axis=1) + fold.counts.sum(axis=0)
    present = both > 0
    return float((2 * fold.counts.diagonal()[present] / both[present]).mean())


def mcc(fold: Fold) -> float:
    """Matthews' correlation coefficient, for several classes (Gorodkin 2004); 0 where undefined."""
    actual = fold.counts.sum(axis=1).astype(float)
    predicted = fold.counts.sum(axis=0).astype(float)
    rows = actual.sum()
    together = fold.counts.trace() * rows - actual @ predicted
    spread = (rows**2 - predicted @ predicted) * (rows**2 - actual @ actual)
    return float(together / np.sqrt(spread)) if spread > 0 else 0.0


def log_loss(fold: Fold) -> float:
    """The mean negative log probability of the actual class, in nats."""
    own = fold.values[np.arange(len(fold.y)), fold.y].astype(np.float64)
    return float(-np.log(np.clip(own, LEAST_PROBABILITY, 1.0)).mean())


def brier(fold: Fold) -> float:
    """The mean squared difference to what was (Brier 1950), halved for two classes."""
    return brier_score(fold.y, fold.values)


def brier_score(y: Labels, values: Values) -> float:
    """`brier` of any rows: from 0 to 1 for two classes and to 2 for more, as in scikit-learn."""
    actual = np.zeros(values.shape)
    actual[np.arange(len(y)), y] = 1.0
    squares = np.square(values - actual).sum(axis=1)
    return float(squares.mean()) / (2 if values.shape[1] == 2 else 1)


def roc_auc(fold: Fold) -> float | None:
    """The area under the ROC curve, one class against the rest, the mean over the classes.

    None where no class has one.
    """
    # of two classes one says all, as in scikit-learn
    first = 1 if fold.values.shape[1] == 2 else 0
    areas = areas_under_roc(fold.y, fold.values, first)
    defined = np.isfinite(areas)
    return float(areas[defined].mean()) if defined.any() else None


def areas_under_roc(y: Labels, values: Values, first: int = 0) -> npt.NDArray[np.float64]:
    """The area under the ROC curve of each class from `first` on, against the rest.

    The Mann-Whitney statistic (Hanley and McNeil 1982), equal values counted half; NaN of a class
    without rows, or with all of them.
    """
    own = y[:, None] == np.arange(first, values.shape[1])
    positive = own.sum(axis=0)
    negative = len(y) - positive
    ranks = (rankdata(values[:, first:], axis=0) * own).sum(axis=0)
    pairs = (positive * negative).astype(np.float64)
    pairs[pairs == 0] = np.nan
    return np.asarray((ranks - positive * (positive + 1) / 2) / pairs)


_OF_CLASSES: dict[str, Callable[[Fold], float | None]] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "macro_f1": macro_f1,
    "mcc": mcc,
    "roc_auc": roc_auc,
}
_OF_PROBABILITIES: dict[str, Callable[[Fold], float | None]] = {
    "log_loss": log_loss,
    "brier": brier,
}
# the function of every entry of `engine.results.scores.FOLD_SCORES`
FOLD_SCORERS = _OF_CLASSES | _OF_PROBABILITIES


def fold_scores(
    y: Labels, values: Values, predicted: Labels, *, probabilities: bool
) -> dict[str, float]:
    """Every score by name, without those that are not defined.

    y and predicted int [rows], values float [rows, classes], all of them numbers; of decision
    values there is neither log loss nor Brier score.
    """
    classes = values.shape[1]
    pairs = y.astype(np.int64) * classes + predicted
    counts = np.bincount(pairs, minlength=classes**2).reshape(classes, classes)
    fold = Fold(y, values, counts)
    scorers = FOLD_SCORERS if probabilities else _OF_CLASSES
    found = {name: scorer(fold) for name, scorer in scorers.items()}
    return {name: value for name, value in found.items() if value is not None}
