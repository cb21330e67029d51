"""What the probabilities of a classifier are worth, as `engine.results.probabilities` has it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_curve
from sklearn.model_selection import KFold, StratifiedKFold

from engine.data.fold_scores import areas_under_roc, brier_score
from engine.data.log_probabilities import log_probabilities, scaled
from engine.results.interval import Interval
from engine.results.predictions import SetName
from engine.results.probabilities import (
    THRESHOLDS,
    Calibration,
    ClassCurves,
    FoldCounts,
    ProbabilityFigures,
    ReliabilityBin,
    TemperatureScaling,
    Thresholds,
)
from engine.results.statistics import mean_band

Labels = npt.NDArray[np.integer[Any]]
Values = npt.NDArray[np.float64]
# y int [rows] and probabilities float [rows, classes] of a set
Predicted = tuple[Labels, npt.NDArray[np.floating[Any]]]

_FIRST: tuple[SetName, ...] = ("validation", "test", "train")
# of equal width, over the largest probability of a row (Naeini, Cooper and Hauskrecht 2015)
BINS = 10
# points of a curve, classes that have curves
POINTS, CURVES = 32, 12
FOLDS = 5
# fewer rows choose nothing
LEAST_ROWS = 20
# rows that are enough to choose a temperature, and to judge it
SAMPLE = 20_000
# how often calibrated probabilities are drawn again
DRAWS = 1_000
_TEMPERATURES = (0.05, 20.0)


def probability_figures(
    classes: tuple[str, ...], sets: Mapping[SetName, Predicted]
) -> ProbabilityFigures | None:
    """The figures of a classifier; None where a probability is no number.

    Curves and choices are of the validation rows, where there are none curves of the test rows.
    The training rows are looked at where there is nothing else.
    """
    of = next(name for name in _FIRST if name in sets)
    looked_at: list[SetName] = [name for name in sets if name != "train"] or [of]
    whole = {name: (sets[name][0], sets[name][1].astype(np.float64)) for name in looked_at}
    if not all(np.isfinite(p).all() for _, p in whole.values()):
        return None
    y, probabilities = whole[of]
    chooses = of == "validation"
    return ProbabilityFigures(
        of=of,
        sets={name: _calibration(*own) for name, own in whole.items()},
        classes=_curves(classes, y, probabilities),
        bins=_bins(y, probabilities),
        temperature=_temperature(y, probabilities) if chooses else None,
        thresholds=_thresholds(classes, y, probabilities) if chooses else None,
    )


def _six_digits(value: float | np.floating[Any]) -> float:
    """A figure as it is kept: more digits are chance, and take room in every run."""
    return float(f"{value:.6g}")


# -- curves ---------------------------------------------------------------------------------------


def _curves(classes: Sequence[str], y: Labels, p: Values) -> tuple[ClassCurves, ...]:
    """Those of the most frequent classes, in the order of their codes."""
    rows = np.bincount(y, minlength=len(classes))
    shown = np.sort(np.argsort(-rows, kind="stable")[:CURVES])
    areas = areas_under_roc(y, p)
    return tuple(_curve(classes[k], y == k, p[:, k], float(areas[k])) for k in shown.tolist())


def _curve(label: str, own: npt.NDArray[np.bool_], p: Values, area: float) -> ClassCurves:
    rows = int(own.sum())
    if not 0 < rows < len(own):
        return ClassCurves(
            label=label, rows=rows, roc_auc=None, average_precision=None, roc=(),
            precision_recall=(),
        )  # fmt: skip
    false, true, _ = roc_curve(own, p)
    precision, recall, _ = precision_recall_curve(own, p)
    return ClassCurves(
        label=label,
        rows=rows,
        roc_auc=_six_digits(area),
        average_precision=_six_digits(average_precision_score(own, p)),
        roc=_thinned(false, true),
        precision_recall=_thinned(recall[::-1], precision[::-1]),
    )


def _thinned(x: Values, y: Values) -> tuple[tuple[float, float], ...]:
    """So many points at most, the first and the last among them, to three decimals."""
    places = np.unique(np.linspace(0, len(x) - 1, POINTS).round().astype(int))
    points = np.column_stack((x[places], y[places])).round(3).tolist()
    return tuple((a, b) for a, b in points)


# -- calibration ----------------------------------------------------------------------------------


def _calibration(y: Labels, p: Values) -> Calibration:
    areas = areas_under_roc(y, p)
    ece, chance, level = _calibration_error(y, p)
    return Calibration(
        rows=len(y),
        log_loss=_six_digits(_losses(y, log_probabilities(p), 1.0).mean()),
        brier=_six_digits(brier_score(y, p)),
        roc_auc=_six_digits(np.nanmean(areas)) if np.isfinite(areas).any() else None,
        ece=_six_digits(ece),
        ece_chance=_six_digits(chance),
        ece_p=_six_digits(level),
    )


def _binned(y: Labels, p: Values) -> tuple[Values, Values, Values]:
    """Rows, sum of the largest probabilities and right ones of each bin, float [bins]."""
    sure = p.max(axis=1)
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    right = (p.argmax(axis=1) == y).astype(float)
    rows = np.bincount(bins, minlength=BINS).astype(float)
    confidence, hits = (np.bincount(bins, weights, BINS) for weights in (sure, right))
    return rows, confidence.astype(float), hits.astype(float)


def _bins(y: Labels, p: Values) -> tuple[ReliabilityBin, ...]:
    rows, confidence, right = _binned(y, p)
    return tuple(
        ReliabilityBin(
            low=100 * k // BINS,
            high=100 * (k + 1) // BINS,
            rows=int(rows[k]),
            right=int(right[k]),
            confidence=_six_digits(confidence[k] / rows[k]),
        )
        for k in np.flatnonzero(rows).tolist()
    )


def _calibration_error(y: Labels, p: Values) -> tuple[float, float, float]:
    """The expected calibration error, its mean where the probabilities are true, and its p-value.

    What is right in a bin is then binomial with the bin's mean probability (after the consistency
    resampling of Bröcker and Smith 2007), drawn always in the same way.
    """
    rows, confidence, right = _binned(y, p)
    found = float(np.abs(right - confidence).sum() / len(y))
    there = rows > 0
    # rounding may bring a mean of ones beyond 1
    mean = np.minimum(confidence[there] / rows[there], 1.0)
    hits = np.random.default_rng(0).binomial(rows[there].astype(int), mean, (DRAWS, len(mean)))
    drawn = np.abs(hits - confidence[there]).sum(axis=1) / len(y)
    return found, float(drawn.mean()), float((1 + (drawn >= found - 1e-12).sum()) / (1 + DRAWS))


# -- temperature ----------------------------------------------------------------------------------


def _temperature(y: Labels, p: Values) -> TemperatureScaling | None:
    if len(y) < LEAST_ROWS:
        return None
    if len(y) > SAMPLE:
        sample = np.random.default_rng(0).choice(len(y), SAMPLE, replace=False)
        y, p = y[sample], p[sample]
    logs, held_out = log_probabilities(p), np.empty_like(p)
    losses = np.empty(len(y))
    for others, fold in KFold(FOLDS, shuffle=True, random_state=0).split(p):
        temperature = _fitted_temperature(y[others], logs[others])
        losses[fold] = _losses(y[fold], logs[fold], temperature)
        held_out[fold] = scaled(p[fold], temperature)
    return TemperatureScaling(
        temperature=_six_digits(_fitted_temperature(y, logs)),
        log_loss=_six_digits(losses.mean()),
        ece=_six_digits(_calibration_error(y, held_out)[0]),
        gain=_mean(_losses(y, logs, 1.0) - losses),
    )


def _mean(gains: Values) -> Interval:
    """The mean over rows, with Student's interval; of no width where they do not differ."""
    band = mean_band(gains.tolist())
    low, high = (band.mean if end is None else end for end in (band.low, band.high))
    return Interval(value=_six_digits(band.mean), low=_six_digits(low), high=_six_digits(high))


def _fitted_temperature(y: Labels, logs: Values) -> float:
    """The temperature of the least log loss."""

    def loss(log: float) -> float:
        return float(_losses(y, logs, float(np.exp(log))).mean())

    low, high = np.log(_TEMPERATURES)
    return float(np.exp(minimize_scalar(loss, bounds=(low, high), method="bounded").x))


def _losses(y: Labels, logs: Values, temperature: float) -> Values:
    """The negative log probability of each row's class, [rows], after scaling."""
    divided = logs / temperature
    most = divided.max(axis=1)
    normal = most + np.log(np.exp(divided - most[:, None]).sum(axis=1))
    return np.asarray(normal - divided[np.arange(len(y)), y])


# -- threshold ------------------------------------------------------------------------------------


def _thresholds(classes: Sequence[str], y: Labels, p: Values) -> Thresholds | None:
    """Of two classes, the second one positive as in scikit-learn; None of too few rows of one."""
    if len(classes) != 2 or np.bincount(y, minlength=2).min() < FOLDS or len(y) < LEAST_ROWS:
        return None
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(p, y)
    return Thresholds(
        positive=classes[1],
        negative=classes[0],
        folds=tuple(_fold_counts(y[fold], p[fold, 1]) for _, fold in folds),
    )


def _fold_counts(y: Labels, p: Values) -> FoldCounts:
    called = p[:, None] >= np.array(THRESHOLDS) / 100
    return FoldCounts(
        positive=int((y == 1).sum()),
        negative=int((y == 0).sum()),
        true_positive=tuple(called[y == 1].sum(axis=0).tolist()),
        false_positive=tuple(called[y == 0].sum(axis=0).tolist()),
    )
