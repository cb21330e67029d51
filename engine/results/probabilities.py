"""What the probabilities of a classifier are worth: curves, calibration, temperature, thresholds.

The figures are worked out by `engine.data.probabilities` when a run is evaluated.
"""

from collections.abc import Mapping
from typing import NamedTuple

from engine.results.interval import Interval
from engine.results.predictions import SetName
from engine.results.statistics import wilson
from engine.specs.base import Frozen

Point = tuple[float, float]
# the thresholds that are counted, in percent; a probability from there on is the positive class
THRESHOLDS = tuple(range(1, 100))
DEFAULT_THRESHOLD = 50


class ClassCurves(Frozen):
    """One class against the rest; the curves are thinned, the areas are of all points.

    `roc` has (false positive rate, true positive rate), `precision_recall` (recall, precision).
    None and no points where the class has no rows, or all.
    """

    label: str
    rows: int
    roc_auc: float | None
    average_precision: float | None
    roc: tuple[Point, ...]
    precision_recall: tuple[Point, ...]


class ReliabilityBin(Frozen):
    """Rows whose largest probability is from `low` to `high` percent: its mean, how many right."""

    low: int
    high: int
    rows: int
    right: int
    confidence: float

    @property
    def accuracy(self) -> Interval:
        """The fraction that is right, with its Wilson interval."""
        return wilson(self.right, self.rows)


class Calibration(Frozen):
    """How far the probabilities of a set are to be believed.

    `ece` is the expected calibration error. `ece_chance` is its mean if the probabilities were
    true, on as many rows, and `ece_p` how often chance alone makes it as large.
    """

    rows: int
    log_loss: float
    brier: float
    roc_auc: float | None
    ece: float
    ece_chance: float
    ece_p: float


class TemperatureScaling(Frozen):
    """All log probabilities divided by one number, above 1 where the model is too sure.

    `temperature` is the one that all validation rows choose. The figures are those of rows that
    did not choose: each fold is scaled by the temperature of the others. `gain` is what the log
    loss of a row falls by.
    """

    temperature: float
    log_loss: float
    ece: float
    gain: Interval

    @property
    def helps(self) -> bool:
        """Whether it lowers the log loss beyond chance."""
        return self.gain.low > 0.0


class FoldCounts(Frozen):
    """The validation rows of a fold: of both classes, and those called positive at `THRESHOLDS`."""

    positive: int
    negative: int
    true_positive: tuple[int, ...]
    false_positive: tuple[int, ...]


class Matrix(NamedTuple):
    """Rows of two classes, by what they are and what they are called."""

    true_positive: int
    false_negative: int
    false_positive: int
    true_negative: int

    def plus(self, other: "Matrix") -> "Matrix":
        """The rows of both."""
        return Matrix(*(a + b for a, b in zip(self, other, strict=True)))

    def cost(self, costs: "Costs") -> float:
        """What its errors cost for each row."""
        total = costs.missed * self.false_negative + costs.false_alarm * self.false_positive
        return total / sum(self)


class Costs(NamedTuple):
    """What a positive row costs that is not found, and a negative one that is called positive."""

    missed: float = 1.0
    false_alarm: float = 1.0


class ThresholdChoice(NamedTuple):
    """The threshold in percent that all validation rows choose, and what it is worth.

    `judged` are the rows at the thresholds that the other folds chose: none has chosen its own.
    """

    threshold: int
    judged: Matrix


class Thresholds(Frozen):
    """Two classes: what each threshold on the probability of `positive` comes to, by folds."""

    positive: str
    negative: str
    folds: tuple[FoldCounts, ...]

    def matrix(self, threshold: int) -> Matrix:
        """All validation rows at a threshold in percent."""
        return _together([_matrix(fold, threshold) for fold in self.folds])

    def choose(self, costs: Costs) -> ThresholdChoice:
        """The threshold of the least cost, judged by cross-validation."""
        judged = []
        for place, fold in enumerate(self.folds):
            others = self.folds[:place] + self.folds[place + 1 :]
            judged.append(_matrix(fold, _cheapest(others, costs)))
        return ThresholdChoice(_cheapest(self.folds, costs), _together(judged))


def _matrix(fold: FoldCounts, threshold: int) -> Matrix:
    place = THRESHOLDS.index(threshold)
    found, false = fold.true_positive[place], fold.false_positive[place]
    return Matrix(found, fold.positive - found, false, fold.negative - false)


def _together(matrices: list[Matrix]) -> Matrix:
    whole = Matrix(0, 0, 0, 0)
    for own in matrices:
        whole = whole.plus(own)
    return whole


def _cheapest(folds: tuple[FoldCounts, ...], costs: Costs) -> int:
    """The threshold of the least cost, of equal ones the nearest to the default."""

    def cost(threshold: int) -> tuple[float, int]:
        own = _together([_matrix(fold, threshold) for fold in folds]).cost(costs)
        return own, abs(threshold - DEFAULT_THRESHOLD)

    return min(THRESHOLDS, key=cost)


class ProbabilityFigures(Frozen):
    """All of it: `sets` by name, the rest of the set `of`, by which choices are made.

    Temperature and thresholds need a validation set of some size; None without.
    """

    of: SetName
    sets: Mapping[SetName, Calibration]
    classes: tuple[ClassCurves, ...]
    bins: tuple[ReliabilityBin, ...]
    temperature: TemperatureScaling | None = None
    thresholds: Thresholds | None = None

    @property
    def all_right(self) -> bool:
        """Whether no row of `of` is wrong: the surer the better then, and no row says how sure."""
        return all(found.right == found.rows for found in self.bins)

    @property
    def helpful_temperature(self) -> float | None:
        """The temperature that lowers the log loss beyond chance; None where there is none.

        Where every row is right the log loss falls with the temperature without end, and what is
        found says where the search for it stopped.
        """
        own = self.temperature
        return own.temperature if own is not None and own.helps and not self.all_right else None
