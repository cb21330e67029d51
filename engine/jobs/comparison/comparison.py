"""A comparison from its plan to its result: what is done, kept, resumed and stopped."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from engine.data.datasets import PreprocessedData
from engine.data.splits.folds import ScoredSets
from engine.environment import clock
from engine.jobs.comparison.fold import scores_on
from engine.jobs.phases.read_data import data_ready, read_and_preprocess
from engine.planning.evaluation import PlannedTrial, finished_repeats
from engine.results.base import RunResult
from engine.runs.events import Plan, TrialEnded, TrialStarted, training_key
from engine.runs.executor import Outlet, Work, perform
from engine.runs.reporter import Diverged, Reporter, Stopped
from engine.runs.state import RunState, fold
from engine.specs.classifiers import NETWORK
from engine.specs.compared_models import ComparedModels
from engine.specs.repeated import RepeatedSpec

R = TypeVar("R", bound=RunResult)
Spec = TypeVar("Spec", bound=RepeatedSpec)
T = TypeVar("T")


@dataclass(frozen=True)
class Compared(Generic[Spec]):
    """What all tasks of a comparison share."""

    spec: Spec
    prepared: PreprocessedData


def compare(
    spec: Spec,
    plan: Sequence[PlannedTrial],
    compared: Sequence[PlannedTrial],
    tasks_of: Callable[[PreprocessedData, Sequence[PlannedTrial], "Watch"], Iterable[T]],
    work: Work[Compared[Spec], T, "Watch"],
    result_of: Callable[[RunState], R | None],
    reporter: Reporter,
) -> R:
    """Do the trials of `plan` by `work` on the tasks of those that are to be done yet.

    The test set stays held out.
    What was done before an interruption is not done again. A stopped comparison keeps the whole
    repeats of its `compared` trials. Raises `Stopped`, and `Diverged` without any result.
    """
    prepared = read_and_preprocess(spec, reporter)
    reporter.emit(
        Plan(trials=len(plan), trainings=max(1, spec.trainings), epochs=spec.epochs_planned)
    )
    earlier = reporter.resume_state.state
    todo = [trial for trial in plan if not _is_done(trial, earlier)]
    if before := len(plan) - len(todo):
        reporter.note(f"{before:,} of {len(plan):,} repeats of a model were done before.")
    reporter.phase("evaluating")
    watch = Watch(spec, reporter, replace(earlier, data=data_ready(prepared)))
    try:
        tasks = list(tasks_of(prepared, todo, watch))
        perform(work, Compared(spec, prepared), tasks, watch, reporter)
        reporter.check()
    except Stopped:
        watch.end_all()
        found = result_of(watch.state)
        if found is None or reporter.interrupted:
            raise
        reporter.finished(found)
        raise Stopped(_kept(compared, watch.state)) from None
    result = result_of(watch.state)
    if result is None:
        raise Diverged("No model has a score.")
    return result


def _kept(compared: Sequence[PlannedTrial], state: RunState) -> str:
    """What a stopped comparison keeps; models without a whole repeat are left out."""
    models = {trial.model for trial in compared}
    done = [len(finished_repeats(compared, state, model)) for model in models]
    planned = len(compared) // len(models)
    return f"Stopped after {min(filter(None, done)):,} of {planned:,} repeats; those are kept."


def _is_done(trial: PlannedTrial, earlier: RunState) -> bool:
    found = earlier.trials.get(trial.number)
    return found is not None and found.status == "finished" and found.settings == trial.settings


@dataclass
class Watch:
    """Reports trials, and folds what it reports: scores are read from the same state.

    Its methods are called from several threads.
    """

    spec: RepeatedSpec
    reporter: Reporter
    state: RunState
    # of the trials under way: the scores of each fold by its number, and how many there will be
    _found: dict[int, dict[int, dict[str, float]]] = field(default_factory=dict)
    _folds: dict[int, int] = field(default_factory=dict)
    # when each was heard of last: what was done elsewhere is heard in any order
    _heard: dict[int, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, trials: Sequence[PlannedTrial], folds: int) -> None:
        """Trials that are going to have scores on so many folds."""
        self._folds |= {trial.number: folds for trial in trials}

    def begin(self, trial: PlannedTrial) -> None:
        """Report the start of a trial, before its first fold."""
        with self._lock:
            self._hear(trial)
            if trial.number not in self._found:
                self._found[trial.number] = {}
                self._report(
                    TrialStarted(
                        steady=clock.steady(), trial=trial.number, settings=trial.settings,
                        epochs=self.spec.epochs if trial.model == NETWORK else 0, group=trial.model,
                    )
                )  # fmt: skip

    def add(self, trial: PlannedTrial, number: int, scores: Mapping[str, float]) -> None:
        """The scores of one fold are known; reports the end of the trial after its last."""
        with self._lock:
            self._hear(trial)
            own = self._found[trial.number]
            own[number] = dict(scores)
            if len(own) == self._folds[trial.number]:
                self._report(_ended(trial, own, self._heard[trial.number]))

    def end_all(self) -> None:
        """Report the trials under way as stopped; once no thread works at them any more."""
        for number, own in self._found.items():
            if len(own) < self._folds[number]:
                self._report(TrialEnded(steady=clock.steady(), trial=number, status="stopped"))

    def _hear(self, trial: PlannedTrial) -> None:
        self._heard[trial.number] = max(self._heard.get(trial.number, 0.0), clock.steady())

    def _report(self, event: TrialStarted | TrialEnded) -> None:
        self.reporter.emit(event)
        self.state = fold(self.state, [event])


def score(
    spec: ComparedModels,
    trial: PlannedTrial,
    number: int,
    sets: ScoredSets,
    outlet: Outlet[Watch],
    also: Mapping[str, float] | None = None,
) -> None:
    """Score a trial on one fold; `also` are figures of the fold itself."""
    outlet.report(Watch.begin, trial)
    key = training_key(trial.number, number)
    found = scores_on(trial.model, trial.seed, spec, sets, outlet.reporter, key)
    outlet.report(Watch.add, trial, number, found | dict(also or {}))


def _ended(trial: PlannedTrial, folds: dict[int, dict[str, float]], steady: float) -> TrialEnded:
    """The end of a trial with the scores that all its folds have."""
    in_order = [folds[number] for number in sorted(folds)]
    names = [name for name in in_order[0] if all(name in one for one in in_order)]
    return TrialEnded(
        steady=steady,
        trial=trial.number,
        status="finished",
        scores={name: tuple(one[name] for one in in_order) for name in names},
    )
