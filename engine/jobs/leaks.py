"""Data leakage, shown on purpose: each leak alone, on many splits."""

from collections.abc import Sequence
from functools import partial

from engine.data.datasets import PreprocessedData
from engine.jobs.comparison.comparison import Compared, Watch, compare
from engine.jobs.comparison.leaky_split import LEAKS_OF, LeakySplit, possible_leaks
from engine.jobs.comparison.parallel import work
from engine.planning.evaluation import PlannedTrial
from engine.planning.leaks import leak_effects, planned
from engine.results.leaks import LeaksResult
from engine.runs.events import ON_PURPOSE
from engine.runs.executor import Outlet
from engine.runs.reporter import Reporter
from engine.runs.state import RunState
from engine.specs.kinds.leaks import LeaksSpec

WARNING = (
    f"{ON_PURPOSE} each accuracy here is of a test set that is made from training and"
    " validation rows, and the leaking ones are flattered. None is comparable with another run's."
)


def run(spec: LeaksSpec, reporter: Reporter) -> LeaksResult:
    """Train with each leak and without it on every split; the held-out test set is not touched."""
    reporter.warn(WARNING)
    plan = planned(spec)
    return compare(spec, plan, plan, _tasks, train_splits, partial(_result, spec), reporter)


def _result(spec: LeaksSpec, state: RunState) -> LeaksResult | None:
    found = leak_effects(spec, state)
    if not found:
        return None
    return LeaksResult(leaks=found, splits=max(one.flatters.repeats for one in found))


def _tasks(
    prepared: PreprocessedData, todo: Sequence[PlannedTrial], watch: Watch
) -> Sequence[PlannedTrial]:
    # of each split the accuracies without the leaks, and those with them
    watch.expect(todo, 2)
    return todo


def train_splits(
    shared: Compared[LeaksSpec],
    trials: Sequence[PlannedTrial],
    outlet: Outlet[Watch],
    threads: int,
) -> None:
    """Train with each leak and without it on some splits."""
    leaks = possible_leaks(shared.spec, shared.prepared)
    work([partial(_split, shared, leaks, trial, outlet) for trial in trials], threads)


def _split(
    shared: Compared[LeaksSpec],
    leaks: Sequence[str],
    trial: PlannedTrial,
    outlet: Outlet[Watch],
) -> None:
    outlet.report(Watch.begin, trial)
    split = LeakySplit(shared.spec, shared.prepared, trial, outlet.reporter)
    found = {name: LEAKS_OF[name](split) for name in leaks}
    for side in (0, 1):
        outlet.report(Watch.add, trial, side, {name: twins[side] for name, twins in found.items()})
