"""What a held-out test set is known by; imports nothing of what draws one."""

import hashlib

import numpy as np
import numpy.typing as npt

from engine.data.table import Table


def test_set_id(table: Table, test: npt.NDArray[np.int64]) -> str:
    """An id for a held-out test set: the data, the target and the very rows, hashed.

    Settings that leave the test rows as they are leave the id as it is.
    """
    digest = hashlib.sha256(
        f"{table.file.sha256}\n{table.target}\n".encode("utf-8", "backslashreplace")
    )
    digest.update(table.test_sha256.encode())
    digest.update(np.sort(table.rows[test]).astype("<i8").tobytes())
    return digest.hexdigest()
