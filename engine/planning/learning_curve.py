"""What the trials of a learning curve say: accuracy over the number of training rows.

Pure functions of the spec and the folded state, as those of `engine.planning.evaluation`. A trial
is one model on all sizes of one repeat.
"""

import math
from typing import Final

from engine.planning.evaluation import (
    ACCURACY,
    SECONDS,
    PlannedTrial,
    finished_repeats,
    pool_rows,
)
from engine.results.learning_curve import ModelCurve
from engine.results.statistics import accuracy_band
from engine.runs.state import RunState
from engine.specs.kinds.learning_curve import LearningCurveSpec

# of a trial's scores: the training rows of each size
ROWS: Final = "rows"
# the smallest size has so many rows for each class
LEAST_OF_A_CLASS: Final = 5
# how far the extrapolation goes beyond the largest size, and at how many sizes it is told
REACH: Final = 3.0
REACH_SIZES: Final = 13
# a power law has three parameters
FEWEST_SIZES: Final = 4


def planned(spec: LearningCurveSpec) -> tuple[PlannedTrial, ...]:
    """Every trial in the order of their numbers: repeat after repeat, each with its own seed."""
    found = [(model, repeat) for repeat in range(spec.repeats) for model in spec.models]
    return tuple(
        PlannedTrial(number, model, repeat, spec.seed + repeat)
        for number, (model, repeat) in enumerate(found)
    )


def training_sizes(rows: int, classes: int, count: int) -> tuple[int, ...]:
    """Up to `count` different sizes, evenly apart on a log axis, the last of them `rows`."""
    least = min(max(10, LEAST_OF_A_CLASS * classes), max(classes, rows // 2))
    steps = (least * (rows / least) ** (k / (count - 1)) for k in range(count))
    return tuple(sorted({round(size) for size in steps}))


def further_sizes(largest: int) -> tuple[int, ...]:
    """The sizes of an extrapolation: from the largest one to `REACH` times as many rows."""
    steps = (REACH ** (k / (REACH_SIZES - 1)) for k in range(REACH_SIZES))
    return tuple(sorted({round(largest * step) for step in steps}))


def round_number(rows: int) -> int:
    """The largest of 1, 2, 5, 10, 20 … that is at most `rows`, from 1 on."""
    power = int(10 ** math.floor(math.log10(rows)))
    return max(step * power for step in (1, 2, 5) if step * power <= rows)


def known_sizes(state: RunState) -> tuple[int, ...]:
    """The sizes of the run; none before a first trial has ended."""
    found = (trial.scores[ROWS] for trial in state.trials.values() if trial.scores.get(ROWS))
    return tuple(int(size) for size in next(found, ()))


def over_train(spec: LearningCurveSpec, state: RunState) -> float | None:
    """Scored rows for each training row; None where all repeats are of the same rows.

    In the order of time they are: what differs is the seed. Smaller sizes share fewer training
    rows: what the largest shares is taken for all.
    """
    sizes, pool = known_sizes(state), pool_rows(state)
    if spec.order is not None or not sizes or pool is None:
        return None
    return (pool - sizes[-1]) / sizes[-1]


def model_curves(spec: LearningCurveSpec, state: RunState) -> tuple[ModelCurve, ...]:
    """Each model of which at least one repeat is done, in the order of the spec."""
    plan, sizes, pool = planned(spec), known_sizes(state), pool_rows(state)
    shared = over_train(spec, state)
    scored = None if pool is None or not sizes else max(1, pool - sizes[-1])
    curves = []
    for model in spec.models:
        trials = finished_repeats(plan, state, model).values()
        if not trials:
            continue
        by_size = zip(*(trial.scores[ACCURACY] for trial in trials), strict=True)
        curves.append(
            ModelCurve(
                model=model,
                points=tuple(accuracy_band(values, scored, shared) for values in by_size),
                repeats=len(trials),
                seconds=math.fsum(math.fsum(trial.scores[SECONDS]) for trial in trials),
            )
        )
    return tuple(curves)


def accuracies(
    spec: LearningCurveSpec, state: RunState, model: str
) -> tuple[tuple[float, ...], ...]:
    """The accuracies of a model, repeat by repeat, at each size."""
    trials = finished_repeats(planned(spec), state, model)
    return tuple(trials[repeat].scores[ACCURACY] for repeat in sorted(trials))
