"""The rows of a file that have a label, in memory."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.row_hashes import RowHashes
from engine.data.scan import ScannedFile
from engine.data.types import ColumnType


@dataclass(frozen=True)
class Table:
    """The rows of a file that have a label.

    `frame` holds every column of the file, categories as pandas categoricals;
    `features` names those to learn from. `codes` int64 [rows] indexes
    `classes`. `rows` int64 [rows] counts data rows of the file from 1.
    `fingerprints` uint64 [rows] is equal for rows that agree in features and
    target (None in a table too large to compare).
    """

    file: ScannedFile
    frame: pd.DataFrame
    target: str
    features: tuple[str, ...]
    types: dict[str, ColumnType]
    classes: tuple[str, ...]
    codes: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    fingerprints: npt.NDArray[np.uint64] | None
    # a sentence for each thing to know, and for a column what is odd about it
    notes: tuple[str, ...]
    warnings: dict[str, str] = field(default_factory=dict)
    # the weight of each row in training, float64 [rows]; None where all count alike
    weights: npt.NDArray[np.float64] | None = None
    # how many rows, the last ones, are of a test file, and its SHA-256
    test_rows: int = 0
    test_sha256: str = ""

    @cached_property
    def row_hashes(self) -> RowHashes:
        """The rows by their values over all columns of the file; worked out when first asked."""
        return RowHashes.of(self.frame, self.target)
