"""How probabilities become classes: the one place where that is decided."""

from typing import Any

import numpy as np
import numpy.typing as npt


def classes_of(probabilities: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.int64]:
    """The code of each row's class, int64 [rows], of probabilities [rows, classes]."""
    found: npt.NDArray[np.int64] = probabilities.argmax(axis=1)
    return found
