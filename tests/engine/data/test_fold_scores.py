"""The scores of a fold are scikit-learn's own."""

import math

import numpy as np
import pytest
from sklearn import metrics

from engine.data.fold_scores import FOLD_SCORERS, fold_scores
from engine.results.scores import FOLD_SCORES


def drawn(seed: int, classes: int, rows: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities, better than chance, with equal ones among them."""
    draw = np.random.default_rng(seed)
    y = np.concatenate([np.arange(classes), draw.integers(0, classes, rows - classes)])
    values = draw.random((rows, classes)).round(1) + 0.3 * (y[:, None] == np.arange(classes)) + 0.01
    return y, values / values.sum(axis=1, keepdims=True)


def test_every_score_of_an_evaluation_has_a_function() -> None:
    assert set(FOLD_SCORERS) == {info.name for info in FOLD_SCORES}


@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize("seed", range(5))
def test_they_equal_those_of_scikit_learn(seed: int, classes: int) -> None:
    y, p = drawn(seed, classes)
    predicted = p.argmax(axis=1)
    labels = list(range(classes))
    ranked = p[:, 1] if classes == 2 else p
    probabilities = p[:, 1] if classes == 2 else p
    expected = {
        "accuracy": metrics.accuracy_score(y, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, predicted),
        "macro_f1": metrics.f1_score(y, predicted, average="macro"),
        "mcc": metrics.matthews_corrcoef(y, predicted),
        "log_loss": metrics.log_loss(y, p, labels=labels),
        "roc_auc": metrics.roc_auc_score(y, ranked, multi_class="ovr", average="macro"),
        "brier": metrics.brier_score_loss(y, probabilities, labels=labels),
    }
    found = fold_scores(y, p, predicted, probabilities=True)
    assert found == pytest.approx(expected, abs=1e-12)


def test_decision_values_have_an_area_and_no_log_loss() -> None:
    y, p = drawn(0, 2)
    decision = np.column_stack([-p[:, 1], p[:, 1]])
    found = fold_scores(y, decision, p.argmax(axis=1), probabilities=False)
    assert set(found) == {"accuracy", "balanced_accuracy", "macro_f1", "mcc", "roc_auc"}
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(y, p[:, 1]))


def test_a_class_without_rows_counts_in_no_mean() -> None:
    y, p = np.array([0, 0, 1, 1]), np.array([[0.7, 0.2, 0.1]] * 2 + [[0.3, 0.6, 0.1]] * 2)
    found = fold_scores(y, p, p.argmax(axis=1), probabilities=True)
    assert {found[name] for name in ("balanced_accuracy", "macro_f1", "mcc", "roc_auc")} == {1.0}


def test_of_one_class_alone_there_is_no_area() -> None:
    y, p = np.zeros(3, int), np.array([[0.7, 0.3]] * 3)
    found = fold_scores(y, p, p.argmax(axis=1), probabilities=True)
    assert "roc_auc" not in found
    assert found["mcc"] == 0.0
    assert found["log_loss"] == pytest.approx(-math.log(0.7))
