"""Logistic regression and its settings."""

from typing import Annotated, Literal

from pydantic import Field

from engine.specs.base import Frozen
from engine.specs.class_weight import CLASS_WEIGHT, ClassWeight
from engine.specs.fields import setting
from engine.specs.run_spec import RunSpec


class LogisticSettings(Frozen):
    """How a logistic regression is fitted."""

    inverse_regularization: Annotated[float, Field(gt=0, le=1e6)] = setting(
        1.0, typical=(1e-4, 1e4), group="Baseline", label="C (inverse regularization)",
        help="Inverse regularization strength: a larger C means a weaker L2 penalty.",
    )  # fmt: skip
    max_iterations: Annotated[int, Field(ge=1, le=100_000)] = setting(
        1000, unit="iterations", group="Baseline", help="Solver iterations, at most."
    )
    class_weight: ClassWeight = CLASS_WEIGHT


class BaselineSpec(RunSpec, LogisticSettings):
    """Logistic regression, the figure a network has to beat."""

    kind: Literal["baseline"] = "baseline"
