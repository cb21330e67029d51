"""Data leakage, shown on purpose: each leak alone, on many splits."""

from collections.abc import Sequence
from functools import partial

from engine.data.datasets import PreprocessedData
from engine.jobs.comparison.comparison import Watch, compare
from engine.jobs.comparison.leaky_split import LEAKS_OF, LeakySplit, possible_leaks
from engine.jobs.comparison.parallel import Task
from engine.planning.evaluation import PlannedTrial
from engine.planning.leaks import leak_effects, planned
from engine.results.leaks import ON_PURPOSE, LeaksResult
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
    return compare(spec, plan, plan, partial(_tasks, spec), partial(_result, spec), reporter)


def _result(spec: LeaksSpec, state: RunState) -> LeaksResult | None:
    found = leak_effects(spec, state)
    if not found:
        return None
    return LeaksResult(leaks=found, splits=max(one.flatters.repeats for one in found))


def _tasks(
    spec: LeaksSpec, prepared: PreprocessedData, todo: Sequence[PlannedTrial], watch: Watch
) -> list[Task]:
    leaks = possible_leaks(spec, prepared)
    # of each split the accuracies without the leaks, and those with them
    watch.expect(todo, 2)
    return [partial(_split, spec, prepared, leaks, trial, watch) for trial in todo]


def _split(
    spec: LeaksSpec,
    prepared: PreprocessedData,
    leaks: Sequence[str],
    trial: PlannedTrial,
    watch: Watch,
) -> None:
    watch.begin(trial)
    split = LeakySplit(spec, prepared, trial, watch.reporter)
    found = {name: LEAKS_OF[name](split) for name in leaks}
    for side in (0, 1):
        watch.add(trial, side, {name: twins[side] for name, twins in found.items()})
