"""How well probabilities classify."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, log_loss

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.score_functions import confusion_counts, misclassified_rows, score_set
from engine.errors import EngineError
from engine.specs.data import DataSpec

NAMES = ("a", "b", "c")


def probabilities(rows: int, seed: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    raw = np.random.default_rng(seed).random((rows, 3))
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))  # type: ignore[return-value]


def test_figures_are_scikit_learns() -> None:
    y = np.random.default_rng(1).integers(0, 3, 200)
    p = probabilities(200)
    score = score_set(y, p, NAMES)
    guess = p.argmax(axis=1)
    assert score.accuracy.value == pytest.approx((guess == y).mean())
    assert score.accuracy.low < score.accuracy.value < score.accuracy.high
    assert score.figures["macro_f1"] == pytest.approx(f1_score(y, guess, average="macro"))
    assert score.figures["log_loss"] == pytest.approx(log_loss(y, p))
    assert sum(c.rows for c in score.classes) == score.rows == 200
    counts = np.array(confusion_counts(y, p, 3))
    assert counts.sum() == 200
    assert counts.diagonal().sum() == (guess == y).sum()
    assert counts.sum(axis=1).tolist() == np.bincount(y).tolist()


def test_a_class_absent_from_the_part_lowers_nothing() -> None:
    y = np.array([0, 0, 1, 1])
    p = np.eye(3)[y]
    score = score_set(y, p, NAMES)
    assert score.accuracy.value == 1.0
    assert score.figures["macro_f1"] == 1.0
    assert [c.rows for c in score.classes] == [2, 2, 0]
    assert score.classes[2].recall == 0.0
    assert confusion_counts(y, p, 3) == ((2, 0, 0), (0, 2, 0), (0, 0, 0))


def test_a_class_never_predicted_has_precision_zero() -> None:
    y = np.array([0, 1, 2])
    score = score_set(y, np.eye(3)[[0, 0, 0]], NAMES)
    assert [c.precision for c in score.classes] == pytest.approx([1 / 3, 0.0, 0.0])
    assert score.figures["macro_f1"] == pytest.approx(0.5 / 3)


def test_probabilities_that_are_no_numbers_count_as_wrong() -> None:
    y = np.array([0, 1, 2, 2])
    p = np.eye(3)[y]
    p[0] = np.nan
    p[1, 2] = np.inf
    score = score_set(y, p, NAMES)
    assert score.accuracy.value == 0.5
    assert np.isfinite(score.figures["log_loss"])
    assert score.figures["log_loss"] > 1.0
    assert confusion_counts(y, p, 3) == ((0, 0, 0), (0, 0, 0), (0, 0, 2))
    p[:] = np.nan
    assert score_set(y, p, NAMES).accuracy.value == 0.0
    assert np.sum(confusion_counts(y, p, 3)) == 0


def test_a_part_without_rows_is_told() -> None:
    with pytest.raises(EngineError, match="no rows to evaluate"):
        score_set(np.array([], dtype=np.int32), np.zeros((0, 3)), NAMES)


def test_misclassified_rows_are_the_surest_mistakes_with_their_cells() -> None:
    table = load(DataSpec())
    part = preprocess(table, DataSpec()).train
    p = np.full((len(part.y), 3), 0.1)
    guess = part.y.copy()
    wrong = np.arange(0, len(part.y), 2)
    guess[wrong] = (guess[wrong] + 1) % 3
    p[np.arange(len(part.y)), guess] = np.linspace(0.4, 0.8, len(part.y))
    rows = misclassified_rows(table, part, p, "train", 50)
    assert len(rows) == 50
    assert [row.probability for row in rows] == sorted((r.probability for r in rows), reverse=True)
    first = rows[0]
    place = part.rows.tolist().index(first.row)
    assert place == wrong[-1]
    assert first.actual == table.classes[part.y[place]]
    assert first.predicted == table.classes[guess[place]]
    cells = table.frame.iloc[first.row - 1]
    assert first.values["island"] == cells["island"]
    assert first.values["body_mass_g"] == cells["body_mass_g"]
    assert set(first.values) == set(table.features)


def test_a_missing_cell_of_a_misclassified_row_is_none() -> None:
    table = load(DataSpec())
    part = preprocess(table, DataSpec(protocol="as_published")).train
    empty_rows = table.rows[table.frame["body_mass_g"].isna()]
    empty = int(np.flatnonzero(np.isin(part.rows, empty_rows))[0])
    p = np.eye(3)[part.y]
    p[empty] = np.roll(p[empty], 1)
    (row,) = misclassified_rows(table, part, p, "train")
    assert row.values["body_mass_g"] is None
    assert row.values["sex"] is None
