"""Logs of probabilities, and probabilities at another temperature.

Imports NumPy alone: whoever predicts by a run needs these, and nothing of scikit-learn.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

# the least probability that counts in the log loss, as in Keras
LEAST_PROBABILITY = 1e-7


def log_probabilities(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The logs of probabilities [rows, classes], each of `LEAST_PROBABILITY` at least."""
    return np.log(np.clip(p, LEAST_PROBABILITY, 1.0))


def scaled(p: npt.NDArray[np.floating[Any]], temperature: float) -> npt.NDArray[np.float64]:
    """Probabilities [rows, classes] with all logs divided by a temperature (Guo et al. 2017)."""
    logs = log_probabilities(p.astype(np.float64)) / temperature
    exponentials = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
