"""What an evaluation on many splits results in."""

from typing import Any, Literal

from engine.results.base import RunResult
from engine.results.statistics import Band, Verdict
from engine.specs.base import Frozen


class ModelScores(Frozen):
    """One model over all folds.

    `scores` are its accuracies, fold after fold of the first repeat, then of the second; `metrics`
    the other scores by name, None where the model has none. `difference` is its accuracy less the
    reference's on the same folds, of the reference itself None. `seconds` is what fitting and
    scoring took. `holm_p` is the p-value of the difference, corrected for the number of
    models that are compared (Holm 1979); None while the run is under way.
    """

    model: str
    scores: tuple[float, ...]
    accuracy: Band
    metrics: dict[str, Band | None]
    difference: Band | None
    verdict: Verdict | None
    seconds: float
    holm_p: float | None = None

    def json_object(self) -> dict[str, Any]:
        """Its entry under `models`."""
        own = self.difference
        return {
            "model": self.model,
            "scores": list(self.scores),
            **_ends(self.accuracy),
            "covers": self.accuracy.covers,
            "difference": own.mean if own else None,
            "difference_low": own.low if own else None,
            "difference_high": own.high if own else None,
            "verdict": self.verdict,
            "holm_p": self.holm_p,
            "seconds": self.seconds,
            "metrics": {name: _ends(band) if band else None for name, band in self.metrics.items()},
        }


def _ends(band: Band) -> dict[str, float | None]:
    return {"mean": band.mean, "low": band.low, "high": band.high}


class Luck(Frozen):
    """How much of a single split's figure is luck.

    `own` is the validation accuracy on the run's own split; `percentile` (0 to 100) says how many
    of the folds' accuracies lie below it, equal ones counted half. The standard deviations are of
    a fold's accuracy when only the rows differ, and when only the seed does.
    """

    own: float
    percentile: float
    sd_split: float | None
    sd_seed: float | None


class EvaluateResult(RunResult):
    """Models compared on the same folds."""

    kind: Literal["evaluate"] = "evaluate"
    models: tuple[ModelScores, ...]
    reference: str
    folds: int
    repeats: int
    margin: float
    luck: Luck | None

    def json_object(self) -> dict[str, Any]:
        """The models, the reference and the luck."""
        return {
            "models": [model.json_object() for model in self.models],
            "reference": self.reference,
            "folds": self.folds,
            "repeats": self.repeats,
            "margin": self.margin,
            "luck": self.luck.model_dump(mode="json") if self.luck else None,
        }
