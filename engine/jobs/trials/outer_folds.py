"""Nested cross-validation: the whole search again on the training rows of each outer fold.

What a search claims is the score that it has chosen by; what it is worth is the accuracy on rows of
which it has seen nothing (Cawley and Talbot 2010, "On over-fitting in model selection and
subsequent selection bias in performance evaluation").
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.data.datasets import PreprocessedData
from engine.data.feature_matrix import FeatureMatrix
from engine.data.splits.folds import StrictPool
from engine.data.splits.split import Split
from engine.jobs.phases.endings import NoScore
from engine.jobs.trials.progress import TrialProgress, plain_settings
from engine.jobs.trials.subruns import SubrunReporter
from engine.planning.nested import nested_of
from engine.results.nested import Nested, OuterFold
from engine.runs.events import OuterFoldEnded
from engine.runs.reporter import Diverged, Reporter
from engine.specs.kinds.searches import SearchSpec
from engine.trainer.seeds import OUTER_FOLDS, derived_seed

# the best trial of a search on these sets, and the accuracy of its network on the test set of them
Searched = tuple[TrialProgress, float]
SearchOn = Callable[[Split, Reporter], Searched]


class OuterFolds:
    """The outer folds of a search, drawn from its training and validation rows.

    They are drawn before the search begins, so that too few rows for them are known at once.
    `validation` is the fraction of a fold's training rows that a search chooses by, 0 where it
    cross-validates. The held-out test set is in none of them.
    """

    def __init__(
        self,
        spec: SearchSpec,
        prepared: PreprocessedData,
        reporter: Reporter,
        *,
        validation: float = 0.0,
    ) -> None:
        self._spec, self._reporter = spec, reporter
        self._found = list(reporter.resume_state.state.outer_folds)
        self._begun = False
        self._rows = sum(n for name, n in prepared.split_rows.items() if name != "test")
        self.sets: list[Split] = []
        if spec.outer_folds:
            seed = derived_seed(spec.split_seed, OUTER_FOLDS)
            pool = StrictPool(
                prepared.table, spec, seed, early_stopping=False, check=reporter.check
            )
            self.sets = pool.outer_sets(spec.outer_folds, validation)
        if self._found:
            reporter.note(f"{len(self._found):,} outer folds were done before.")

    def search(self, search_on: SearchOn) -> None:
        """Search on each fold that is not done yet, one after the other; raises `Stopped`.

        A fold on which no trial has a score is left out, and a warning says so.
        """
        self._begun = True
        done = {fold.number for fold in self._found}
        for number, sets in enumerate(self.sets):
            if number in done:
                continue
            self._reporter.phase(f"searching again, outer fold {number + 1} of {len(self.sets)}")
            own = SubrunReporter(self._reporter, self._spec.one_search.trials + number)
            try:
                best, accuracy = search_on(sets, own)
            except (Diverged, NoScore):
                self._reporter.warn(f"Outer fold {number + 1} is left out: its trainings diverged.")
                continue
            fold = OuterFold(
                number=number,
                inner=best.mean,
                outer=accuracy,
                settings=plain_settings(best.settings),
            )
            self._found.append(fold)
            self._reporter.emit(OuterFoldEnded(fold=fold))

    @property
    def reached(self) -> str:
        """How many folds are done, in words; empty while the search itself goes on."""
        return f"{len(self._found):,} of {len(self.sets):,} outer folds" if self._begun else ""

    @property
    def result(self) -> Nested | None:
        """What the folds so far say; None without any."""
        return nested_of(self._found, self._spec.outer_folds, self._rows)


def accuracy_on_fold(prepared: PreprocessedData, predict: Callable[[FeatureMatrix], Any]) -> float:
    """The accuracy on the outer fold, which is the test set of `prepared`.

    It is not counted as an evaluation: its rows are training and validation rows of the run.
    """
    fold = prepared.test.open(lambda _: None)
    return float(np.mean(predict(fold.x).argmax(axis=1) == fold.y))
