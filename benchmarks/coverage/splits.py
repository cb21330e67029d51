"""Many splits of made-up penguins, with learners that train on all splits of a table at once."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import numpy.typing as npt

from engine.sources.files import locate
from engine.specs.data import PENGUINS

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# a learner: features [splits, rows, features], classes [splits, rows], and a generator, to
# what classifies features [splits, rows, features]
Classify = Callable[[Floats], Index]
Learner = Callable[[Floats, Index, np.random.Generator], Classify]
# a generator to the rows that learn [splits, rows] and that are scored [splits, rows]
Division = Callable[[np.random.Generator], tuple[Index, Index]]

# how the penguins are split: rows of the table, of its training and of its test set
ROWS, TRAIN, TEST = 344, 206, 69
MEASUREMENTS = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
# how an evaluation takes turns with them, the test set left out
FOLDS, REPEATS, FOLD = 5, 10, 55


def logistic(x: Floats, y: Index, draw: np.random.Generator) -> Classify:
    """Multinomial logistic regression, as the baseline is; gradient descent with momentum."""
    hot, weights = np.eye(3)[y], np.zeros((len(x), x.shape[2] + 1, 3))
    x, speed = _with_ones(x), np.zeros_like(weights)
    for _ in range(60):
        slope = x.transpose(0, 2, 1) @ (_softmax(x @ weights) - hot) / x.shape[1] + 0.003 * weights
        speed = 0.9 * speed - 0.5 * slope
        weights = weights + speed
    return lambda rows: (_with_ones(rows) @ weights).argmax(axis=2)


def network(x: Floats, y: Index, draw: np.random.Generator) -> Classify:
    """One hidden layer of 8 units, started at random for each split."""
    hot, x = np.eye(3)[y], _with_ones(x)
    first = draw.normal(0, 0.7, (len(x), x.shape[2], 8))
    second = draw.normal(0, 0.7, (len(x), 8, 3))
    speeds = [np.zeros_like(first), np.zeros_like(second)]
    for _ in range(60):
        hidden = np.tanh(x @ first)
        error = (_softmax(hidden @ second) - hot) / x.shape[1]
        back = error @ second.transpose(0, 2, 1) * (1 - hidden**2)
        slopes = (x.transpose(0, 2, 1) @ back, hidden.transpose(0, 2, 1) @ error)
        speeds = [0.9 * v - 0.5 * slope for v, slope in zip(speeds, slopes, strict=True)]
        first, second = first + speeds[0], second + speeds[1]
    return lambda rows: (np.tanh(_with_ones(rows) @ first) @ second).argmax(axis=2)


def nearest(x: Floats, y: Index, draw: np.random.Generator) -> Classify:
    """The class of the nearest training row: as much moved by single rows as a learner can be."""

    def classify(rows: Floats) -> Index:
        distances = (x**2).sum(axis=2)[:, None, :] - 2 * rows @ x.transpose(0, 2, 1)
        return np.take_along_axis(y, distances.argmin(axis=2), axis=1)

    return classify


def _with_ones(x: Floats) -> Floats:
    return np.concatenate([x, np.ones((*x.shape[:2], 1))], axis=2)


def _softmax(scores: Floats) -> Floats:
    found: Floats = np.exp(scores - scores.max(axis=2, keepdims=True))
    found /= found.sum(axis=2, keepdims=True)
    return found


LEARNERS: dict[str, Learner] = {
    "logistic regression": logistic, "network": network, "nearest row": nearest,
}  # fmt: skip


class Population:
    """Penguins without end: a normal distribution for each species, with its own covariances.

    `spread` widens them, so that the species overlap.
    """

    def __init__(self, spread: float) -> None:
        with locate(PENGUINS).open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["body_mass_g"] not in ("", "NA")]
        x = np.array([[float(row[name]) for name in MEASUREMENTS] for row in rows])
        x = (x - x.mean(axis=0)) / x.std(axis=0)
        _, y = np.unique([row["species"] for row in rows], return_inverse=True)
        self._means = np.stack([x[y == own].mean(axis=0) for own in range(3)])
        roots = [np.linalg.cholesky(np.cov(x[y == own].T)) for own in range(3)]
        self._roots, self._shares = spread * np.stack(roots), np.bincount(y) / len(y)

    def draw(self, rows: int, generator: np.random.Generator) -> tuple[Floats, Index]:
        """Features [rows, features] and classes [rows]."""
        y = generator.choice(3, rows, p=self._shares)
        noise = generator.normal(0, 1, (rows, len(MEASUREMENTS), 1))
        return self._means[y] + (self._roots[y] @ noise)[..., 0], y


@dataclass(frozen=True)
class Splits:
    """Accuracies of every learner on random splits of many tables, and what they estimate.

    `accuracies` [tables, splits] by learner; `truth` is the mean accuracy on other rows of
    a learner that is trained on `TRAIN` rows of the population.
    """

    accuracies: dict[str, Floats]
    truth: dict[str, float]


def random_splits(splits: int, rows: int) -> Division:
    """Splits of a table of so many rows, of which some take part in neither half."""

    def divide(draw: np.random.Generator) -> tuple[Index, Index]:
        order = np.stack([draw.permutation(rows) for _ in range(splits)])
        return order[:, :TRAIN], order[:, -TEST:]

    return divide


def repeated_folds(draw: np.random.Generator) -> tuple[Index, Index]:
    """The folds of an evaluation, `REPEATS` times `FOLDS` of them."""
    order = np.stack([draw.permutation(FOLDS * FOLD) for _ in range(REPEATS)])
    places = [np.roll(order, -number * FOLD, axis=1) for number in range(FOLDS)]
    turned = np.concatenate(places)
    return turned[:, FOLD:], turned[:, :FOLD]


def many_splits(
    population: Population, tables: int, rows: int, divide: Division, draw: np.random.Generator
) -> Splits:
    """Train every learner on every split of every table of so many rows."""
    splits = len(divide(draw)[0])
    found = {name: np.zeros((tables, splits)) for name in LEARNERS}
    elsewhere: dict[str, list[float]] = {name: [] for name in LEARNERS}
    for table in range(tables):
        x, y = population.draw(rows, draw)
        other, classes = population.draw(200, draw)
        train, test = divide(draw)
        for name, learner in LEARNERS.items():
            classify = learner(x[train], y[train], draw)
            found[name][table] = (classify(x[test]) == y[test]).mean(axis=1)
            said = classify(np.broadcast_to(other, (splits, *other.shape)))
            elsewhere[name].append(float((said == classes).mean()))
    return Splits(found, {name: fmean(values) for name, values in elsewhere.items()})
