"""How much each column matters to a run: its permutation importance on validation rows.

Breiman 2001, "Random forests"; for any model Fisher, Rudin and Dominici 2019. The permutations are
those of scikit-learn's `permutation_importance` with the same seed, and so are the means.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from engine.data.feature_matrix import FeatureMatrix
from engine.prediction.column_blocks import ColumnBlock, Order, blocks_of
from engine.prediction.fitted_run import FittedRun
from engine.results.explanation import ColumnImportance
from engine.results.statistics import paired_difference

# of all permutations together: some ten seconds
MULTIPLICATIONS = 3e10
MOST_ROWS, LEAST_ROWS = 20_000, 200
# rows times features that are held at once
_AT_ONCE = 4_000_000

# called before each column with the fraction that is done; may raise to end it
Progress = Callable[[float], None]


def rows_within_bounds(fitted: FittedRun, rows: int, repeats: int) -> int:
    """How many of so many rows are measured on, so that it takes seconds and not minutes."""
    of_each = fitted.network.multiplications * len(fitted.columns) * repeats
    return min(rows, MOST_ROWS, max(LEAST_ROWS, int(MULTIPLICATIONS / of_each)))


def importances(
    fitted: FittedRun,
    x: FeatureMatrix,
    y: npt.NDArray[np.int64],
    repeats: int,
    seed: int,
    progress: Progress,
) -> tuple[float, list[ColumnImportance]]:
    """The accuracy on preprocessed rows x with the classes y, and each column's importance.

    The columns come in the order of the table. What the run decides by is applied.
    """
    right = fitted.codes(fitted.of_matrix(x)) == y
    orders = _orders(len(y), repeats, seed)
    found = []
    blocks = list(blocks_of(fitted.preprocessor))
    for place, block in enumerate(blocks):
        progress(place / len(blocks))
        still = _hits(fitted, x, y, block, orders)
        # of each repeat the rows that only the table as it is, or only the permuted one, gets right
        lost = float((right & ~still).sum(axis=1).mean())
        gained = float((~right & still).sum(axis=1).mean())
        found.append(
            ColumnImportance(name=block.name, fall=paired_difference(lost, gained, len(y)))
        )
    return float(right.mean()), found


def _hits(
    fitted: FittedRun,
    x: FeatureMatrix,
    y: npt.NDArray[np.int64],
    block: ColumnBlock,
    orders: Order,
) -> npt.NDArray[np.bool_]:
    """Which rows are classified correctly with the column so ordered, [orders, rows]."""
    codes = [fitted.codes(fitted.of_matrix(block.reordered(x, o))) for o in _parts(orders, x)]
    found: npt.NDArray[np.bool_] = np.concatenate(codes).reshape(orders.shape) == y
    return found


def _parts(orders: Order, x: FeatureMatrix) -> Iterator[Order]:
    """The orders, as many at a time as take little memory: few calls of the network."""
    many = max(1, _AT_ONCE // (len(x) * max(1, x.filled)))
    for start in range(0, len(orders), many):
        yield orders[start : start + many]


def _orders(rows: int, repeats: int, seed: int) -> Order:
    """The order of the rows in each repeat, [repeats, rows]: the same for every column.

    As scikit-learn draws them: each repeat shuffles what the one before has left.
    """
    drawn = np.random.RandomState(seed).randint(np.iinfo(np.int32).max + 1)
    random, step, order = np.random.RandomState(drawn), np.arange(rows), np.arange(rows)
    found = np.empty((repeats, rows), np.int64)
    for place in range(repeats):
        random.shuffle(step)
        order = order[step]
        found[place] = order
    return found
