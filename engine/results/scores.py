"""Scores of a classifier, with their uncertainty, and what one network results in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import (
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from engine.results.base import RunResult
from engine.results.interval import Interval
from engine.results.probabilities import ProbabilityFigures
from engine.specs.base import Frozen

Row = tuple[int, ...]
Matrix = tuple[Row, ...]
Cell = str | int | float | None


class ClassScore(Frozen):
    """Precision, recall and F1 of one class; 0 where they are undefined."""

    label: str
    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True, slots=True)
class ScoreInfo:
    """A score of every classifier; its function is in `engine.data.score_functions`.

    `unit` says how it is written: "percent" of a fraction, a "fraction" from 0
    to 1 with three decimals, or a "figure" with four digits. A score with
    `interval` is an `Interval`, any other a float. `better` is the direction of
    improvement, `bounds` what it can be at all.
    """

    name: str
    label: str
    unit: Literal["percent", "fraction", "figure"]
    better: Literal["higher", "lower"] = "higher"
    interval: bool = False
    bounds: tuple[float, float] = (0.0, 1.0)


# in the order of every table; JSON has them by name
SCORES: list[ScoreInfo] = [
    ScoreInfo("accuracy", "accuracy", "percent", interval=True),
    ScoreInfo("macro_f1", "macro F1", "fraction"),
    ScoreInfo("log_loss", "log loss", "figure", better="lower", bounds=(0.0, math.inf)),
]
# of an evaluation, whose folds tell how far a score varies; in `engine.data.fold_scores`
FOLD_SCORES: list[ScoreInfo] = [
    ScoreInfo("accuracy", "accuracy", "percent"),
    ScoreInfo("balanced_accuracy", "balanced accuracy", "percent"),
    ScoreInfo("macro_f1", "macro F1", "fraction"),
    ScoreInfo("mcc", "MCC", "fraction", bounds=(-1.0, 1.0)),
    ScoreInfo("log_loss", "log loss", "figure", better="lower", bounds=(0.0, math.inf)),
    ScoreInfo("roc_auc", "ROC AUC", "fraction"),
    ScoreInfo("brier", "Brier", "figure", better="lower", bounds=(0.0, 2.0)),
]


class SetScore(Frozen):
    """How one set of rows is classified: `figures` by the names of `SCORES`.

    A network's `loss` is among them too: log loss and penalties, as training reports it.
    In JSON the figures stand beside `rows` and `classes`, with the `majority_accuracy`. A run that
    was stored before a score was added lacks it.
    """

    rows: int
    figures: dict[str, Interval | float]
    classes: tuple[ClassScore, ...]

    @property
    def accuracy(self) -> Interval:
        """The fraction of rows classified correctly, with its 95 % interval."""
        found = self.figures["accuracy"]
        assert isinstance(found, Interval)
        return found

    @property
    def majority(self) -> ClassScore:
        """The most frequent class, the first of equals."""
        return max(self.classes, key=lambda one: one.rows)

    @property
    def majority_accuracy(self) -> float:
        """The accuracy of always guessing the most frequent class."""
        return self.majority.rows / self.rows

    @model_validator(mode="before")
    @classmethod
    def _collect(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or "figures" in data:
            return data
        own = {name: data[name] for name in ("rows", "classes") if name in data}
        known = {*own, "majority_accuracy"}
        return own | {"figures": {name: v for name, v in data.items() if name not in known}}

    @model_serializer(mode="wrap")
    def _spread(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        plain = handler(self)
        figures = plain.pop("figures") | {"majority_accuracy": self.majority_accuracy}
        return {"rows": plain["rows"], **figures, "classes": plain["classes"]}


class Scores(Frozen):
    """Scores of each set of rows.

    There is no validation set under `as_published`, and the held-out test set is
    not evaluated when a run was stopped.
    """

    train: SetScore
    validation: SetScore | None
    test: SetScore | None

    @field_validator("train")
    @classmethod
    def _fitted(cls, train: SetScore) -> SetScore:
        """The bounds of rows that were fitted say nothing of other rows."""
        figures = {
            name: replace(found, covers=None) if isinstance(found, Interval) else found
            for name, found in train.figures.items()
        }
        return train.model_copy(update={"figures": figures})


class ConfusionMatrix(Frozen):
    """Counts with actual classes as rows and predicted classes as columns."""

    labels: tuple[str, ...]
    train: Matrix
    validation: Matrix | None
    test: Matrix | None


class LayerRow(Frozen):
    """One line of a layer table: `output_shape` without the batch dimension."""

    name: str
    output_shape: tuple[int, ...]
    parameters: int


class Misclassified(Frozen):
    """A row that was classified wrongly; `row` counts data rows of the file from 1."""

    row: int
    split: Literal["train", "validation", "test"]
    actual: str
    predicted: str
    probability: float
    values: dict[str, Cell]


class Scored(RunResult):
    """What every classifier's result has in common."""

    scores: Scores
    confusion: ConfusionMatrix
    misclassified: tuple[Misclassified, ...]
    # a hash of file, target and rows, under which the store knows the test set
    test_set_id: str
    # None of runs of versions before 0.5.0, and where a probability is no number
    probabilities: ProbabilityFigures | None = None

    def json_object(self) -> dict[str, Any]:
        """Scores, confusion matrix, probabilities and misclassified rows."""
        return {
            "confusion_matrix": self.confusion.model_dump(mode="json"),
            **self.model_dump(mode="json", include={"scores", "misclassified", "probabilities"}),
        }


class BaselineResult(Scored):
    """Logistic regression: `coefficients[class][feature]`, on preprocessed features."""

    kind: Literal["baseline"] = "baseline"
    features: tuple[str, ...]
    coefficients: tuple[tuple[float, ...], ...]
    intercepts: tuple[float, ...]
    iterations: int
    converged: bool

    def json_object(self) -> dict[str, Any]:
        """The coefficients by class and feature, and how the solver ended."""
        labels = self.confusion.labels
        ended = "the solver converged" if self.converged else "max_iterations was reached"
        return super().json_object() | {
            "stop_reason": f"{ended} after {self.iterations:,} iterations",
            "coefficients": {
                label: dict(zip(self.features, row, strict=True))
                for label, row in zip(labels, self.coefficients, strict=True)
            },
            "intercepts": dict(zip(labels, self.intercepts, strict=True)),
            "iterations": self.iterations,
            "converged": self.converged,
        }


class NetworkResult(Scored):
    """A network that was trained, and evaluated once. `epoch_kept` counts from 1."""

    layers: tuple[LayerRow, ...]
    parameters: int
    epochs_run: int
    epoch_kept: int
    stop_reason: str

    def json_object(self) -> dict[str, Any]:
        """The network, and of all the trainings that a run may have had the epochs of its own."""
        own = self.model_dump(mode="json", include={"layers", "epoch_kept", "stop_reason"})
        return super().json_object() | own | {"network_epochs_run": self.epochs_run}


class TrainResult(NetworkResult):
    """One training with the settings as they are."""

    kind: Literal["train"] = "train"


def metrics(result: Any) -> dict[str, float | None]:
    """What the row of a run says of its result.

    `train_accuracy`, `val_accuracy`, `test_accuracy`, each with `_low` and `_high`;
    `majority_accuracy` on the validation set, where there is none on the training set; and the
    `selection_score` of a sweep or search.
    """
    scores: Scores | None = getattr(result, "scores", None)
    figures: dict[str, float | None] = {}
    for name, part in (("train", "train"), ("val", "validation"), ("test", "test")):
        score: SetScore | None = getattr(scores, part, None)
        accuracy = score.accuracy if score else None
        figures[f"{name}_accuracy"] = accuracy.value if accuracy else None
        figures[f"{name}_accuracy_low"] = accuracy.low if accuracy else None
        figures[f"{name}_accuracy_high"] = accuracy.high if accuracy else None
    told = (scores.validation or scores.train) if scores else None
    figures["majority_accuracy"] = told.majority_accuracy if told else None
    figures["selection_score"] = getattr(result, "selection_score", None)
    return figures
