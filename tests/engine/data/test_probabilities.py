"""What probabilities are worth, against scikit-learn and SciPy, and against chance."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    log_loss,
    roc_auc_score,
)
from sklearn.model_selection import KFold, StratifiedKFold

from engine.data.probabilities import probability_figures, scaled
from engine.prediction.decision import by_rule, classes_of
from engine.results.decision_rule import DecisionRule, scaled_probability
from engine.results.predictions import SetName
from engine.results.probabilities import Costs, ProbabilityFigures

Labels = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
# figures are kept with six digits
SIX = 5e-6
THREE, TWO = ("Adelie", "Chinstrap", "Gentoo"), ("healthy", "ill")


def drawn(rows: int, classes: int, temperature: float, seed: int) -> tuple[Labels, Values]:
    """Labels, and probabilities that are too sure by a temperature; true for 1."""
    random = np.random.default_rng(seed)
    logits = 2 * random.normal(size=(rows, classes))
    true = softmax(logits / temperature, axis=1)
    y = (true.cumsum(axis=1) < random.random((rows, 1))).sum(axis=1)
    return np.minimum(y, classes - 1), softmax(logits, axis=1)


def figures(y: Labels, p: Values, classes: tuple[str, ...] = THREE, **sets: Any) -> (
    ProbabilityFigures
):  # fmt: skip
    named: dict[SetName, Any] = {"train": (y, p), "validation": (y, p), **sets}  # type: ignore[dict-item]
    found = probability_figures(classes, named)
    assert found is not None
    return found


def test_areas_and_scores_are_those_of_scikit_learn() -> None:
    y, p = drawn(200, 3, 1.0, 0)
    found = figures(y, p, test=(y[:90], p[:90]))
    assert set(found.sets) == {"validation", "test"}
    for of_class, own in enumerate(found.classes):
        assert own.label == THREE[of_class]
        assert own.rows == (y == of_class).sum()
        assert own.roc_auc == pytest.approx(roc_auc_score(y == of_class, p[:, of_class]), rel=SIX)
        expected = average_precision_score(y == of_class, p[:, of_class])
        assert own.average_precision == pytest.approx(expected, rel=SIX)
        assert (own.roc[0], own.roc[-1]) == ((0.0, 0.0), (1.0, 1.0))
        assert own.precision_recall[-1][0] == 1.0
    for rows, own_set in ((200, found.sets["validation"]), (90, found.sets["test"])):
        assert own_set.rows == rows
        assert own_set.log_loss == pytest.approx(log_loss(y[:rows], p[:rows]), rel=SIX)
        assert own_set.brier == pytest.approx(brier_score_loss(y[:rows], p[:rows]), rel=SIX)
        assert own_set.roc_auc == pytest.approx(
            roc_auc_score(y[:rows], p[:rows], multi_class="ovr"), rel=SIX
        )


def test_the_reliability_diagram_is_of_the_largest_probability() -> None:
    y, p = drawn(300, 3, 1.0, 1)
    found = figures(y, p)
    sure, right = p.max(axis=1), p.argmax(axis=1) == y
    error = 0.0
    for own in found.bins:
        inside = (sure >= own.low / 100) & (sure < own.high / 100)
        assert own.rows == inside.sum()
        assert own.confidence == pytest.approx(sure[inside].mean(), rel=SIX)
        assert own.accuracy.value == pytest.approx(right[inside].mean(), rel=SIX)
        assert own.accuracy.low <= own.accuracy.value <= own.accuracy.high
        assert own.accuracy.low < own.accuracy.high
        error += own.rows / 300 * abs(right[inside].mean() - sure[inside].mean())
    assert sum(own.rows for own in found.bins) == 300
    assert found.sets["validation"].ece == pytest.approx(error)


def test_true_probabilities_are_seldom_found_to_be_bad_and_sure_ones_are() -> None:
    true = [figures(*drawn(150, 3, 1.0, seed)) for seed in range(60)]
    assert sum(own.sets["validation"].ece_p < 0.05 for own in true) <= 7
    assert sum(own.temperature is not None and own.temperature.helps for own in true) <= 5
    sure = [figures(*drawn(400, 3, 2.5, seed)) for seed in range(5)]
    assert all(own.sets["validation"].ece_p < 0.01 for own in sure)
    assert all(own.temperature is not None and own.temperature.helps for own in sure)


def test_the_temperature_minimizes_the_log_loss_and_is_judged_by_the_other_folds() -> None:
    y, p = drawn(250, 3, 2.0, 3)

    def chosen(rows: Labels) -> float:
        def loss(log: float) -> float:
            scaled_rows = softmax(np.log(p[rows]) / np.exp(log), axis=1)
            return float(log_loss(y[rows], scaled_rows, labels=[0, 1, 2]))

        found = minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded", options={"xatol": 1e-8})
        return float(np.exp(found.x))

    own = figures(y, p).temperature
    assert own is not None
    assert own.temperature == pytest.approx(chosen(np.arange(250)), rel=1e-3)
    held = np.empty_like(p)
    for others, fold in KFold(5, shuffle=True, random_state=0).split(p):
        held[fold] = softmax(np.log(p[fold]) / chosen(others), axis=1)
    assert own.log_loss == pytest.approx(log_loss(y, held), rel=1e-4)
    # never the figure of the rows that chose
    assert own.log_loss > log_loss(y, scaled(p, own.temperature))
    assert own.gain.value == pytest.approx(log_loss(y, p) - own.log_loss, rel=1e-4)


def test_rows_that_are_all_right_name_no_temperature() -> None:
    y = np.arange(60) % 3
    p = np.full((60, 3), 0.2)
    p[np.arange(60), y] = 0.6
    found = figures(y, p)
    assert found.temperature is not None
    # the surer the better, and no row says where that ends
    assert found.temperature.helps
    assert found.helpful_temperature is None
    # two that are wrong do
    y[:2] = 1, 2
    found = figures(y, p)
    assert found.temperature is not None
    assert found.helpful_temperature == found.temperature.temperature > 0.2


def test_a_threshold_is_judged_on_rows_that_did_not_choose_it() -> None:
    y, p = drawn(240, 2, 1.0, 4)
    own = figures(y, p, TWO).thresholds
    assert own is not None
    assert own.positive == "ill"
    costs = Costs(missed=5.0, false_alarm=1.0)

    def matrix(rows: Any, percent: int) -> npt.NDArray[np.int64]:
        called = p[rows, 1] >= percent / 100
        return np.asarray(confusion_matrix(y[rows], called, labels=[0, 1]))

    def cost(rows: Any, percent: int) -> float:
        (_, false), (missed, _) = matrix(rows, percent).tolist()
        return float((5 * missed + false) / len(rows))

    every = np.arange(240)
    for percent in (1, 37, 50, 99):
        (negative, false), (missed, found) = matrix(every, percent).tolist()
        assert own.matrix(percent) == (found, missed, false, negative)
        assert own.matrix(percent).cost(costs) == pytest.approx(cost(every, percent))
    choice = own.choose(costs)
    assert cost(every, choice.threshold) == min(cost(every, n) for n in range(1, 100))
    judged = np.zeros((2, 2), np.int64)
    for others, fold in StratifiedKFold(5, shuffle=True, random_state=0).split(p, y):
        best = min(range(1, 100), key=lambda n: (round(cost(others, n), 12), abs(n - 50)))
        judged += matrix(fold, best)
    assert np.array(judged).ravel()[::-1].tolist() == list(choice.judged)
    assert choice.judged.cost(costs) >= cost(every, choice.threshold)


def test_few_rows_choose_nothing_and_no_numbers_have_no_figures() -> None:
    y, p = drawn(15, 2, 1.0, 5)
    few = figures(y, p, TWO)
    assert few.temperature is None
    assert few.thresholds is None
    assert figures(np.array([0] * 48 + [1] * 2), drawn(50, 2, 1.0, 5)[1], TWO).thresholds is None
    # without a validation set nothing is chosen, least of all by the test rows
    published = probability_figures(TWO, {"train": (y, p), "test": (y, p)})
    assert published is not None
    assert (published.of, published.temperature, published.thresholds) == ("test", None, None)
    p[3, 0] = np.nan
    assert probability_figures(TWO, {"train": (y, p), "validation": (y, p)}) is None


def test_a_class_without_rows_has_no_curve_and_many_classes_have_twelve() -> None:
    y, p = drawn(60, 3, 1.0, 6)
    own = figures(np.minimum(y, 1), p).classes[2]
    assert (own.rows, own.roc_auc, own.roc) == (0, None, ())
    y, p = drawn(2_000, 30, 1.0, 7)
    found = figures(y, p, tuple(f"class {n}" for n in range(30)))
    assert len(found.classes) == 12
    assert all(len(one.roc) <= 32 for one in found.classes)


def test_a_rule_scales_and_then_decides() -> None:
    p = np.array([[0.8, 0.2], [0.3, 0.7]])
    assert by_rule(DecisionRule(), p) is p
    assert classes_of(DecisionRule(), TWO, p).tolist() == [0, 1]
    rule = DecisionRule(temperature=2.0, threshold=0.3, positive="ill")
    softer = by_rule(rule, p)
    codes = classes_of(rule, TWO, softer)
    np.testing.assert_allclose(softer, softmax(np.log(p) / 2, axis=1))
    assert softer[0, 1] == pytest.approx(scaled_probability(0.2, 2.0))
    assert codes.tolist() == [1, 1]
    codes = classes_of(DecisionRule(threshold=0.3, positive="healthy"), TWO, p)
    assert codes.tolist() == [0, 0]
    with pytest.raises(ValueError, match="threshold"):
        classes_of(DecisionRule(threshold=0.3, positive="sick"), TWO, p)
