"""From the probabilities of a kept model to its classes: the one place where that is decided."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.log_probabilities import scaled
from engine.results.decision_rule import DecisionRule

Probabilities = npt.NDArray[np.floating[Any]]


def by_rule(rule: DecisionRule, probabilities: Probabilities) -> Probabilities:
    """The probabilities [rows, classes] as they are told: after temperature scaling."""
    if rule.temperature == 1.0:
        return probabilities
    return scaled(probabilities, rule.temperature).astype(probabilities.dtype)


def classes_of(
    rule: DecisionRule, classes: Sequence[str], probabilities: Probabilities
) -> npt.NDArray[np.int64]:
    """The code of each row's class, int64 [rows], of probabilities [rows, classes] `by_rule`.

    `classes` are the labels by code. Raises ValueError where a threshold is for a class that is
    not one of two.
    """
    if rule.threshold is None:
        return np.asarray(probabilities.argmax(axis=1))
    if len(classes) != 2 or rule.positive not in classes:
        raise ValueError(f"a threshold for {rule.positive!r} does not fit the classes {classes}")
    positive = list(classes).index(rule.positive)
    return np.where(probabilities[:, positive] >= rule.threshold, positive, 1 - positive)
