"""Seeds for each source of chance in a training, derived from the network's one seed."""

from typing import Final

import numpy as np

INITIAL: Final = 1
DROPOUT: Final = 2
SHUFFLE: Final = 3
DRAWS: Final = 4
FOLDS: Final = 5
TRIAL: Final = 6
GRID_TRIAL: Final = 7
OUTER_FOLDS: Final = 8


def derived_seed(seed: int, purpose: int, index: int = 0) -> int:
    """A 31-bit seed that depends on `seed`, `purpose` and `index` alone.

    Different purposes and indices give unrelated seeds (NumPy's SeedSequence).
    """
    state = np.random.SeedSequence((seed, purpose, index)).generate_state(1)
    return int(state[0]) & 0x7FFFFFFF
