"""The rows of one repeat: all but the test set, with a seed of their own for what is drawn."""

import threading
from collections.abc import Callable, Sequence

from engine.data.datasets import PreprocessedData
from engine.data.splits.folds import ScoredSets, StrictPool
from engine.data.splits.split import Index
from engine.runs.reporter import Reporter
from engine.specs.repeated import RepeatedSpec
from engine.trainer.seeds import FOLDS, derived_seed


def strict_pool(
    spec: RepeatedSpec,
    prepared: PreprocessedData,
    repeat: int,
    reporter: Reporter,
    *,
    keeps_rows: bool = False,
) -> StrictPool:
    """The pool of repeat `repeat`, from 0.

    Rows for a choice are kept from training with early stopping, or where it `keeps_rows` anyway.
    """
    return StrictPool(
        prepared.table,
        spec.data_spec,
        derived_seed(spec.split_seed, FOLDS, repeat),
        early_stopping=keeps_rows or spec.early_stopping is not None,
        check=reporter.check,
    )


# rows to learn from and rows to score on, as indices into the pool
Splits = Sequence[tuple[Index, Index]]


class Repeat:
    """The splits of one repeat, drawn by `draw` when the first of them is begun; for any thread."""

    def __init__(
        self,
        spec: RepeatedSpec,
        prepared: PreprocessedData,
        repeat: int,
        draw: Callable[[StrictPool], Splits],
    ) -> None:
        self._spec, self._prepared, self._repeat, self._draw = spec, prepared, repeat, draw
        self._lock = threading.Lock()
        self._drawn: tuple[StrictPool, Splits] | None = None

    def sets(self, number: int, reporter: Reporter) -> ScoredSets:
        """The sets of split `number`, from 0."""
        with self._lock:
            if self._drawn is None:
                pool = strict_pool(self._spec, self._prepared, self._repeat, reporter)
                self._drawn = pool, self._draw(pool)
        pool, splits = self._drawn
        return pool.scored_sets(*splits[number])
