"""How the probabilities of a kept model become a class, where a person has chosen how."""

import math

from pydantic import Field

from engine.specs.base import Frozen


class DecisionRule(Frozen):
    """Kept with a run; whatever predicts with its model applies it (`engine.prediction.decision`).

    First all log probabilities are divided by `temperature`. Then, where there is a `threshold`,
    the class `positive` is predicted of two from that probability on; otherwise the most probable
    class.
    """

    temperature: float = Field(default=1.0, gt=0.0)
    threshold: float | None = Field(default=None, ge=0.0, le=1.0)
    positive: str = ""


def scaled_probability(probability: float, temperature: float) -> float:
    """The probability of one of two classes, after its temperature scaling."""
    if not 0.0 < probability < 1.0:
        return probability
    return 1.0 / (1.0 + math.exp(-math.log(probability / (1.0 - probability)) / temperature))
