"""What a run brings to a comparison: its figures, its curve, and which rows it got wrong."""

import zlib
from dataclasses import dataclass
from functools import cached_property

from engine.kinds import label_of, varies
from engine.results.evaluate import EvaluateResult, ModelScores
from engine.results.predictions import predicted_class
from engine.results.scores import Misclassified, Scored, SetScore
from engine.results.split_rows import SETS
from engine.runs.ranking import best_trial
from engine.runs.state import Curve, RunState
from engine.specs.classifiers import NETWORK
from engine.specs.kinds.evaluate import EvaluateSpec
from engine.store.predictions import predictions_of
from engine.store.records import RunRecord
from engine.store.store import Store

# a byte for each code of a set: 1 of the validation set
_VALIDATION = bytes(code == SETS.index("validation") for code in range(256))


@dataclass(frozen=True, eq=False)
class Outcome:
    """A run as it stands.

    `members` has a byte for each data row of the file, 1 where it is in the validation set; None
    of a run that has kept no split. `wrong` are the validation rows that it classifies wrongly, by
    their number in the file from 1; None where that is not known.
    """

    record: RunRecord
    state: RunState
    members: bytes | None = None
    wrong: frozenset[int] | None = None

    @property
    def run(self) -> int:
        """Its number."""
        return self.record.id

    @property
    def scored(self) -> Scored | None:
        """The result of a classifier on one split: of a search, of its best trial."""
        return self.state.result if isinstance(self.state.result, Scored) else None

    @property
    def validation(self) -> SetScore | None:
        """Its scores on its validation set."""
        return self.scored.scores.validation if self.scored else None

    @cached_property
    def misses(self) -> dict[int, Misclassified]:
        """The wrong validation rows that are listed with the run, by their number."""
        listed = self.scored.misclassified if self.scored else ()
        return {one.row: one for one in listed if one.split == "validation"}

    @property
    def folds(self) -> tuple[EvaluateSpec, ModelScores] | None:
        """Of an evaluation its spec, and the network's scores on every fold."""
        result = self.state.result
        if not isinstance(result, EvaluateResult) or self.record.unreadable is not None:
            return None
        spec = self.record.spec
        if not isinstance(spec, EvaluateSpec):
            return None
        return next(((spec, model) for model in result.models if model.model == NETWORK), None)

    @cached_property
    def curve(self) -> Curve:
        """The epochs of a training, of a search those of its best trial on its first fold.

        None of runs with several trainings of which none is the best.
        """
        if not varies(self.record.kind):
            return self.state.curve if self.state.plan is None else Curve()
        best = best_trial(self.state)
        return self.state.curve_of(best.number) if best is not None else Curve()

    @property
    def why_no_score(self) -> str:
        """Why there is nothing to pair, in words; empty where there is."""
        run, kind = f"run {self.run}", label_of(self.record.kind)
        if self.record.unreadable is not None:
            return f"the settings of {run} cannot be read by this version"
        if self.record.live:
            return f"{run} has not finished"
        if self.scored is None:
            if isinstance(self.state.result, EvaluateResult):
                return "" if self.folds else f"{run} evaluates no network"
            ended = self.state.result is None
            return f"{run} has {self.record.status} without a result" if ended else (
                f"{run}, a {kind}, has no score of its own"
            )  # fmt: skip
        if self.scored.scores.validation is None:
            published = self.record.protocol == "as_published"
            why = "as published" if published else "its trials are scored on folds"
            return f"{run} has no validation set of its own ({why})"
        return ""


def read_outcome(store: Store, record: RunRecord, state: RunState) -> Outcome:
    """The outcome of a run, with what the store keeps of its rows."""
    result = state.result
    if not isinstance(result, Scored) or result.scores.validation is None:
        return Outcome(record, state)
    split = store.artefact(record.id, "split.bin")
    members = zlib.decompress(split).translate(_VALIDATION) if split is not None else None
    return Outcome(record, state, members, _wrong_rows(store, record, result))


def _wrong_rows(store: Store, record: RunRecord, result: Scored) -> frozenset[int] | None:
    """From the misclassified rows where all of them are listed, else from the predictions."""
    matrix, score = result.confusion.validation, result.scores.validation
    if matrix is None or score is None:
        return None
    listed = frozenset(one.row for one in result.misclassified if one.split == "validation")
    hits = sum(row[place] for place, row in enumerate(matrix))
    if len(listed) == score.rows - hits:
        return listed
    kept = predictions_of(store, record.id)
    own = kept.sets.get("validation") if kept is not None else None
    if own is None:
        return None
    # a row whose probabilities are no numbers has no class, and is wrong as well
    return frozenset(row for row, actual, said in own.each() if predicted_class(said) != actual)
