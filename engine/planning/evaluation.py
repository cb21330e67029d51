"""What the trials of an evaluation say: each model's scores, differences, and the luck.

Pure functions of the spec and the folded state, so that the live table, the command line and the
result show the same figures. A trial is one model on all folds of one repeat.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.results.evaluate import Luck, ModelScores
from engine.results.scores import FOLD_SCORES
from engine.results.statistics import Band, accuracy_band, mean_band, sample_std, verdict
from engine.runs.state import RunState, Trial
from engine.specs.classifiers import NETWORK
from engine.specs.kinds.evaluate import FURTHER_SEEDS, EvaluateSpec

# of a trial's scores: the accuracies, as of every trial, and what took how long
ACCURACY: Final = "validation"
SECONDS: Final = "seconds"


@dataclass(frozen=True, slots=True)
class PlannedTrial:
    """A model on the folds of `repeat` (from 0), or on the run's own split where it is None.

    The network begins with `seed`.
    """

    number: int
    model: str
    repeat: int | None
    seed: int

    @property
    def settings(self) -> dict[str, Any]:
        """What a person reads of it."""
        split = "own" if self.repeat is None else f"repeat {self.repeat + 1}"
        return {"model": self.model, "split": split, "seed": self.seed}


def planned(spec: EvaluateSpec) -> tuple[PlannedTrial, ...]:
    """Every trial in the order of their numbers: repeat after repeat, then what tells the luck."""
    found = [(model, repeat, spec.seed) for repeat in range(spec.repeats) for model in spec.models]
    if NETWORK in spec.models:
        found += [(NETWORK, 0, spec.seed + k) for k in range(1, FURTHER_SEEDS + 1)]
        own: tuple[str, int | None, int] = (NETWORK, None, spec.seed)
        return tuple(PlannedTrial(n, *trial) for n, trial in enumerate([*found, own]))
    return tuple(PlannedTrial(number, *trial) for number, trial in enumerate(found))


def compared(spec: EvaluateSpec) -> tuple[PlannedTrial, ...]:
    """The trials that the models are compared by: all but those that tell the luck."""
    return planned(spec)[: spec.repeats * len(spec.models)]


def model_scores(spec: EvaluateSpec, state: RunState) -> tuple[ModelScores, ...]:
    """Each model of which at least one repeat is done, in the order of the spec."""
    plan = compared(spec)
    done = {model: finished_repeats(plan, state, model) for model in spec.models}
    reference = done[spec.compared_with]
    return tuple(
        _scores_of(spec, state, model, own, reference) for model, own in done.items() if own
    )


def finished_repeats(plan: Sequence[PlannedTrial], state: RunState, model: str) -> dict[int, Trial]:
    """The finished trials of a model by their repeat."""
    own = [one for one in plan if one.model == model]
    trials = ((one.repeat, state.trials.get(one.number)) for one in own)
    return {
        repeat: trial
        for repeat, trial in trials
        if repeat is not None and trial is not None and trial.status == "finished"
    }


def _scores_of(
    spec: EvaluateSpec,
    state: RunState,
    model: str,
    own: dict[int, Trial],
    reference: dict[int, Trial],
) -> ModelScores:
    over_train = 1 / (spec.folds - 1)
    accuracies = _folds(own.values(), ACCURACY)
    common = [repeat for repeat in own if repeat in reference]
    difference = None
    if model != spec.compared_with and common:
        pairs = zip(
            _folds([own[r] for r in common], ACCURACY),
            _folds([reference[r] for r in common], ACCURACY),
            strict=True,
        )
        difference = mean_band([a - b for a, b in pairs], over_train)
    return ModelScores(
        model=model,
        scores=accuracies,
        accuracy=accuracy_band(accuracies, pool_rows(state), over_train),
        metrics={
            info.name: _metric(_folds(own.values(), info.name), info.bounds, over_train)
            for info in FOLD_SCORES
            if info.name != "accuracy"
        },
        difference=difference,
        verdict=verdict(difference, spec.margin / 100) if difference is not None else None,
        seconds=math.fsum(_folds(own.values(), SECONDS)),
    )


def _folds(trials: Any, name: str) -> tuple[float, ...]:
    """A score on every fold, repeat after repeat; of trials that have it."""
    return tuple(value for trial in trials for value in trial.scores.get(name, ()))


def _metric(values: Sequence[float], bounds: tuple[float, float], over_train: float) -> Band | None:
    if not values:
        return None
    found = mean_band(values, over_train)
    if found.low is None or found.high is None:
        return found
    ends = {"low": max(bounds[0], found.low), "high": min(bounds[1], found.high)}
    return found.model_copy(update=ends)


def pool_rows(state: RunState) -> int | None:
    """The rows that the folds are of: all but the test set."""
    if state.data is None:
        return None
    return sum(rows for name, rows in state.data.split_rows.items() if name != "test")


def luck(spec: EvaluateSpec, state: RunState) -> Luck | None:
    """How a single split's figure compares; None until it and a repeat are known."""
    plan = planned(spec)
    repeats = finished_repeats(compared(spec), state, NETWORK)
    own, folds = _own_split(plan, state), _folds(repeats.values(), ACCURACY)
    if own is None or not folds:
        return None
    below = sum(value < own for value in folds) + sum(value == own for value in folds) / 2
    seeds = _variance_of_seeds(plan, state)
    spread = sample_std(folds)
    split = None if seeds is None or spread is None else math.sqrt(max(0.0, spread**2 - seeds))
    return Luck(
        own=own,
        percentile=100 * below / len(folds),
        sd_split=split,
        sd_seed=None if seeds is None else math.sqrt(seeds),
    )


def _own_split(plan: Sequence[PlannedTrial], state: RunState) -> float | None:
    found = [state.trials.get(trial.number) for trial in plan if trial.repeat is None]
    scores = [trial.scores.get(ACCURACY, ()) for trial in found if trial is not None]
    return scores[0][0] if scores and scores[0] else None


def _variance_of_seeds(plan: Sequence[PlannedTrial], state: RunState) -> float | None:
    """The variance of a fold's accuracy over seeds, the mean over the first repeat's folds."""
    same = [trial for trial in plan if trial.model == NETWORK and trial.repeat == 0]
    trials = [state.trials.get(trial.number) for trial in same]
    of_seeds = [t.scores[ACCURACY] for t in trials if t is not None and t.scores.get(ACCURACY)]
    if len(of_seeds) < 2:
        return None
    spreads = list(_spreads(of_seeds))
    return math.fsum(spread**2 for spread in spreads) / len(spreads)


def _spreads(of_seeds: Sequence[Sequence[float]]) -> Iterator[float]:
    for fold in zip(*of_seeds, strict=True):
        spread = sample_std(fold)
        if spread is not None:
            yield spread
