"""What a learning curve results in."""

from collections.abc import Sequence
from typing import Any, Literal

from engine.results.base import RunResult
from engine.results.statistics import Band
from engine.specs.base import Frozen


class ModelCurve(Frozen):
    """Accuracy of one model at each size, over repeats; `seconds` is what all of it took."""

    model: str
    points: tuple[Band, ...]
    repeats: int
    seconds: float

    def json_object(self) -> dict[str, Any]:
        """Its entry under `models`."""
        return {
            "model": self.model,
            **_columns(self.points),
            "covers": [point.covers for point in self.points],
            "repeats": self.repeats,
            "seconds": self.seconds,
        }


class Reach(Frozen):
    """An accuracy with the ends of its 95 % band."""

    mean: float
    low: float
    high: float


class ExtrapolatedCurve(Frozen):
    """What a model's power law says beyond the largest size.

    The error with n rows is `floor` + `scale` · n^-`exponent`. `points` are accuracies at the sizes
    of the extrapolation; `gain` is what its `more_rows` bring, as a fraction (0.01 is 1 pp).
    """

    model: str
    floor: float
    scale: float
    exponent: float
    points: tuple[Reach, ...]
    gain: Reach

    def json_object(self) -> dict[str, Any]:
        """Its entry under `models` of the extrapolation."""
        return {
            "model": self.model,
            **_columns(self.points),
            "gain": self.gain.mean,
            "gain_low": self.gain.low,
            "gain_high": self.gain.high,
            "floor": self.floor,
            "scale": self.scale,
            "exponent": self.exponent,
        }


class Extrapolation(Frozen):
    """The power laws of all models: from the largest size to three times as many rows."""

    sizes: tuple[int, ...]
    more_rows: int
    models: tuple[ExtrapolatedCurve, ...]

    def json_object(self) -> dict[str, Any]:
        """Sizes, and a curve for each model."""
        return {
            "sizes": list(self.sizes),
            "more_rows": self.more_rows,
            "models": [model.json_object() for model in self.models],
        }


class LearningCurveResult(RunResult):
    """Accuracy over the number of training rows.

    No extrapolation of fewer than two repeats or four sizes.
    """

    kind: Literal["learning_curve"] = "learning_curve"
    sizes: tuple[int, ...]
    models: tuple[ModelCurve, ...]
    extrapolation: Extrapolation | None

    def json_object(self) -> dict[str, Any]:
        """Sizes, a curve for each model, and the extrapolation."""
        return {
            "sizes": list(self.sizes),
            "models": [model.json_object() for model in self.models],
            "extrapolation": self.extrapolation.json_object() if self.extrapolation else None,
        }


def _columns(points: Sequence[Band | Reach]) -> dict[str, list[float | None]]:
    return {name: [getattr(one, name) for one in points] for name in ("mean", "low", "high")}
