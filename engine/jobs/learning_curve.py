"""Accuracy over the number of training rows, of several models on the same rows."""

from collections.abc import Iterator, Sequence
from functools import partial

from engine.data.datasets import PreprocessedData
from engine.data.splits.folds import StrictPool
from engine.errors import EngineError
from engine.jobs.comparison.comparison import Watch, compare
from engine.jobs.comparison.extrapolation import extrapolated
from engine.jobs.comparison.parallel import Task
from engine.jobs.comparison.pool import Repeat, Splits, strict_pool
from engine.planning import learning_curve
from engine.planning.evaluation import PlannedTrial
from engine.planning.learning_curve import planned, training_sizes
from engine.results.learning_curve import LearningCurveResult
from engine.runs.reporter import Reporter
from engine.runs.state import RunState
from engine.specs.kinds.learning_curve import SCORED, LearningCurveSpec


def run(spec: LearningCurveSpec, reporter: Reporter) -> LearningCurveResult:
    """Let every model learn from more and more rows, again and again, and extrapolate.

    Each repeat holds a fraction of the training and validation rows out, to score on, and takes
    growing parts of the others; preprocessing is learnt in each part, and rows for early stopping
    come out of it.
    """
    plan = planned(spec)
    return compare(spec, plan, plan, partial(_tasks, spec), partial(_result, spec), reporter)


def _result(spec: LearningCurveSpec, state: RunState) -> LearningCurveResult | None:
    curves = learning_curve.model_curves(spec, state)
    if not curves:
        return None
    return LearningCurveResult(
        sizes=learning_curve.known_sizes(state),
        models=curves,
        extrapolation=extrapolated(spec, state, curves),
    )


def _tasks(
    spec: LearningCurveSpec,
    prepared: PreprocessedData,
    todo: Sequence[PlannedTrial],
    watch: Watch,
) -> Iterator[Task]:
    sizes = _sizes(spec, prepared, watch.reporter)
    for repeat in sorted({trial.repeat for trial in todo if trial.repeat is not None}):
        trials = [trial for trial in todo if trial.repeat == repeat]
        own = Repeat(spec, prepared, repeat, partial(_growing, sizes))
        watch.expect(trials, len(sizes))
        # the largest takes the longest, and is not to be waited for in the end
        for number, size in reversed(list(enumerate(sizes))):
            yield partial(_size, own, number, size, trials, watch)


def _sizes(
    spec: LearningCurveSpec, prepared: PreprocessedData, reporter: Reporter
) -> tuple[int, ...]:
    """The sizes of all repeats; groups are not alike, so the repeat with the fewest rows counts."""
    drawn = range(1 if spec.group is None else spec.repeats)
    pools = (strict_pool(spec, prepared, repeat, reporter) for repeat in drawn)
    rows = min(len(pool.hold_out(SCORED)[0]) for pool in pools)
    sizes = training_sizes(rows, len(prepared.class_names), spec.sizes)
    if len(sizes) < 2:
        raise EngineError(
            f"There are too few rows for a learning curve: {rows} to learn from.",
            "Give the test set a smaller fraction, or add rows.",
        )
    return sizes


def _growing(sizes: Sequence[int], pool: StrictPool) -> Splits:
    """For each size the first rows, of one order, and what all sizes are scored on."""
    rows, held_out = pool.hold_out(SCORED)
    growing = pool.in_order_of_growth(rows)
    return [(growing[:size], held_out) for size in sizes]


def _size(
    repeat: Repeat, number: int, size: int, trials: Sequence[PlannedTrial], watch: Watch
) -> None:
    sets = repeat.sets(number, watch.reporter)
    for trial in trials:
        watch.score(trial, number, sets, {learning_curve.ROWS: size})
