"""Evaluates one classifier on every set of the data, the held-out test set last."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from engine.data.datasets import Dataset, PreprocessedData
from engine.data.feature_matrix import FeatureMatrix
from engine.data.score_functions import confusion_counts, misclassified_rows, score_set
from engine.results.scores import ConfusionMatrix, Misclassified, Scores
from engine.results.split_rows import packed
from engine.runs.reporter import Artefact, Reporter, TestEvaluated

SetName = Literal["train", "validation", "test"]
Predict = Callable[[FeatureMatrix], npt.NDArray[np.float32]]


def score(
    prepared: PreprocessedData, predict: Predict, reporter: Reporter, *, open_test: bool
) -> dict[str, Any]:
    """The fields of `results.Scored`, from `predict(x [rows, features]) -> [rows, classes]`.

    `open_test` takes the test set out: the evaluation is counted and shown. Without it
    the test set's figures are None. How the rows were split and preprocessed stays behind.
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
    for name, own in sets.items():
        probabilities = predict(own.x)
        scores[name] = score_set(own.y, probabilities, prepared.class_names)
        counts[name] = confusion_counts(own.y, probabilities, len(prepared.class_names))
        wrong += misclassified_rows(prepared.table, own, probabilities, name)
    return {
        "scores": Scores(**scores),
        "confusion": ConfusionMatrix(labels=prepared.class_names, **counts),
        "misclassified": tuple(wrong),
        "test_set_id": prepared.test.key,
    }
