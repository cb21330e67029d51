"""Accuracy over the number of training rows, of several models on the same rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from engine.data.datasets import PreprocessedData
from engine.data.splits.folds import StrictPool
from engine.errors import EngineError
from engine.jobs.comparison.comparison import Compared, Watch, compare, score
from engine.jobs.comparison.extrapolation import extrapolated
from engine.jobs.comparison.parallel import work
from engine.jobs.comparison.pool import Repeat, Splits, strict_pool
from engine.planning import learning_curve
from engine.planning.evaluation import PlannedTrial
from engine.planning.learning_curve import planned, training_sizes
from engine.results.learning_curve import LearningCurveResult
from engine.runs.executor import Outlet
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
    return compare(
        spec, plan, plan, partial(_tasks, spec), score_sizes, partial(_result, spec), reporter
    )


def _result(spec: LearningCurveSpec, state: RunState) -> LearningCurveResult | None:
    curves = learning_curve.model_curves(spec, state)
    if not curves:
        return None
    return LearningCurveResult(
        sizes=learning_curve.known_sizes(state),
        models=curves,
        extrapolation=extrapolated(spec, state, curves),
    )


@dataclass(frozen=True)
class _Size:
    """The first `sizes[number]` rows of a repeat, and the trials that learn from them."""

    repeat: int
    number: int
    sizes: tuple[int, ...]
    trials: tuple[PlannedTrial, ...]


def _tasks(
    spec: LearningCurveSpec,
    prepared: PreprocessedData,
    todo: Sequence[PlannedTrial],
    watch: Watch,
) -> Iterator[_Size]:
    sizes = _sizes(spec, prepared, watch.reporter)
    for repeat in sorted({trial.repeat for trial in todo if trial.repeat is not None}):
        trials = tuple(trial for trial in todo if trial.repeat == repeat)
        watch.expect(trials, len(sizes))
        # the largest takes the longest, and is not to be waited for in the end
        for number in reversed(range(len(sizes))):
            yield _Size(repeat, number, sizes, trials)


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


def score_sizes(
    shared: Compared[LearningCurveSpec],
    tasks: Sequence[_Size],
    outlet: Outlet[Watch],
    threads: int,
) -> None:
    """Score the trials of some sizes."""
    repeats = {
        task.repeat: Repeat(
            shared.spec, shared.prepared, task.repeat, partial(_growing, task.sizes)
        )
        for task in tasks
    }
    work(
        [partial(_score_size, shared.spec, repeats[own.repeat], own, outlet) for own in tasks],
        threads,
    )


def _score_size(
    spec: LearningCurveSpec, repeat: Repeat, task: _Size, outlet: Outlet[Watch]
) -> None:
    sets = repeat.sets(task.number, outlet.reporter)
    for trial in task.trials:
        score(
            spec, trial, task.number, sets, outlet, {learning_curve.ROWS: task.sizes[task.number]}
        )
