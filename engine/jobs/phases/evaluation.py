"""Evaluates one classifier on every set of the data, the held-out test set last."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.datasets import Dataset, PreprocessedData
from engine.data.feature_matrix import FeatureMatrix
from engine.data.probabilities import probability_figures
from engine.data.score_functions import confusion_counts, misclassified_rows, score_set
from engine.jobs.phases.kept_predictions import keep_predictions
from engine.results.predictions import SetName
from engine.results.scores import ConfusionMatrix, Misclassified, Scores, SetScore
from engine.results.split_rows import packed
from engine.runs.reporter import Artefact, Reporter, TestEvaluated
from engine.sources.encoding import shown

Loss = Callable[[Dataset], float | None]
Predict = Callable[[FeatureMatrix], npt.NDArray[np.float32]]


def score(
    prepared: PreprocessedData,
    predict: Predict,
    reporter: Reporter,
    *,
    open_test: bool,
    loss: Loss = lambda own: None,
) -> dict[str, Any]:
    """The fields of `results.Scored`, from `predict(x [rows, features]) -> [rows, classes]`.

    `loss` says what a network's loss on a set is, penalties included; other models have none.
    `open_test` takes the test set out: the evaluation is counted and shown. Without it
    the test set's figures are None. How the rows were split and preprocessed stays behind, and
    what was predicted of each.
    """
    sets: dict[SetName, Dataset] = {"train": prepared.train}
    if prepared.validation is not None:
        sets["validation"] = prepared.validation
    if open_test:
        sets["test"] = prepared.test.open(lambda rows: reporter.emit(TestEvaluated(rows)))
    # the store's name for it since 0.1.0
    reporter.emit(Artefact("preparation.json", prepared.preprocessor.to_json().encode()))
    reporter.emit(Artefact("split.bin", packed(prepared.set_codes().tobytes())))
    scores: dict[str, Any] = {"validation": None, "test": None}
    counts: dict[str, Any] = {"validation": None, "test": None}
    wrong: list[Misclassified] = []
    predicted = {}
    for name, own in sets.items():
        probabilities = predicted[name] = predict(own.x)
        scores[name] = score_set(own.y, probabilities, prepared.class_names, loss(own))
        counts[name] = confusion_counts(own.y, probabilities, len(prepared.class_names))
        wrong += misclassified_rows(prepared.table, own, probabilities, name)
    keep_predictions(prepared.class_names, sets, predicted, reporter)
    _note_guessing(scores, counts, prepared.class_names, reporter)
    return {
        "scores": Scores(**scores),
        "confusion": ConfusionMatrix(labels=prepared.class_names, **counts),
        "misclassified": tuple(wrong),
        "test_set_id": prepared.test.key,
        "probabilities": probability_figures(
            prepared.class_names, {name: (sets[name].y, p) for name, p in predicted.items()}
        ),
    }


def _note_guessing(
    scores: Mapping[str, SetScore | None],
    counts: Mapping[str, Any],
    classes: Sequence[str],
    reporter: Reporter,
) -> None:
    """Warn of a model that is not better than guessing, or never predicts a class.

    Looked at are the sets that it may be chosen by, not the test set.
    """
    looked_at = [name for name in ("validation", "train") if scores[name] is not None]
    score, called = scores[looked_at[0]], {"train": "training"}.get(looked_at[0], looked_at[0])
    if score is not None and score.accuracy.value <= score.majority_accuracy:
        label = shown(score.majority.label)
        found, guessed = 100 * score.accuracy.value, 100 * score.majority_accuracy
        reporter.warn(
            "Not better than always guessing the most frequent class,"
            f" {label}: {called} accuracy {found:.1f} % against {guessed:.1f} %."
        )
    matrices = [counts[name] for name in looked_at]
    never = [
        label
        for label, times in zip(classes, np.sum(matrices, axis=(0, 1)), strict=True)
        if not times
    ]
    if never:
        more = f" (nor {len(never) - 1:,} more)" if len(never) > 1 else ""
        reporter.warn(
            f"Class {shown(never[0])}{more} is never predicted, in {int(np.sum(matrices)):,} rows"
            f" of the training{' and validation sets' if len(matrices) > 1 else ' set'}."
        )
