"""One configuration on many splits, beside simpler models on the same folds."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from scipy.stats import t as student

from engine.data.datasets import Dataset, PreprocessedData
from engine.data.feature_matrix import FeatureMatrix
from engine.data.folds import StrictPool
from engine.data.split import Index
from engine.environment import clock
from engine.environment.machine import usable_threads
from engine.jobs.comparison.fold import Labels, Portion, scores_on
from engine.jobs.phases.read_data import read_and_preprocess
from engine.planning import evaluation
from engine.planning.evaluation import PlannedTrial, planned
from engine.results.evaluate import EvaluateResult, ModelScores
from engine.runs.events import DataReady, Plan, TrialEnded, TrialStarted, training_key
from engine.runs.reporter import Diverged, Reporter, Stopped
from engine.runs.state import RunState, fold
from engine.specs.classifiers import NETWORK
from engine.specs.evaluate import EvaluateSpec
from engine.trainer.seeds import FOLDS, derived_seed


def run(spec: EvaluateSpec, reporter: Reporter) -> EvaluateResult:
    """Score every model on every fold; the test set stays held out.

    Preprocessing is learnt in each fold; where early stopping needs rows they come out of the
    fold's training rows. Folds are worked at by as many threads as there are cores. What was done
    before an interruption is not done again. A stopped evaluation keeps its whole repeats.
    """
    prepared = read_and_preprocess(spec, reporter)
    plan = planned(spec)
    reporter.emit(
        Plan(trials=len(plan), trainings=max(1, spec.trainings), epochs=spec.epochs_planned)
    )
    earlier = reporter.resume_state.state
    todo = [trial for trial in plan if not _is_done(trial, earlier)]
    if before := len(plan) - len(todo):
        reporter.note(f"{before:,} of {len(plan):,} repeats of a model were done before.")
    reporter.phase("evaluating")
    watch = _Watch(spec, reporter, replace(earlier, data=_data(prepared)))
    try:
        _work(list(_tasks(spec, prepared, todo, watch)))
    except Stopped:
        watch.end_all()
        found = _result(spec, watch.state)
        if found is None or reporter.interrupted:
            raise
        reporter.finished(found)
        done = min(len(model.scores) for model in found.models) // spec.folds
        raise Stopped(
            f"Stopped after {done:,} of {spec.repeats:,} repeats; those are kept."
        ) from None
    result = _result(spec, watch.state)
    if result is None:
        raise Diverged("No model has a score.")
    return result


def _data(prepared: PreprocessedData) -> DataReady:
    return DataReady(
        features=prepared.feature_names,
        classes=prepared.class_names,
        split_rows=prepared.split_rows,
    )


def _is_done(trial: PlannedTrial, earlier: RunState) -> bool:
    found = earlier.trials.get(trial.number)
    return found is not None and found.status == "finished" and found.settings == trial.settings


def _result(spec: EvaluateSpec, state: RunState) -> EvaluateResult | None:
    models = evaluation.model_scores(spec, state)
    if not models:
        return None
    return EvaluateResult(
        models=_corrected(models),
        reference=spec.compared_with,
        folds=spec.folds,
        repeats=spec.repeats,
        margin=spec.margin,
        luck=evaluation.luck(spec, state),
    )


def _corrected(models: Sequence[ModelScores]) -> tuple[ModelScores, ...]:
    """With the p-values of all differences, corrected for their number (Holm 1979)."""
    raw = {m.model: p for m in models if (p := _p_value(m)) is not None}
    found: dict[str, float] = {}
    highest = 0.0
    for place, (name, p) in enumerate(sorted(raw.items(), key=lambda pair: pair[1])):
        highest = max(highest, min(1.0, (len(raw) - place) * p))
        found[name] = highest
    return tuple(m.model_copy(update={"holm_p": found.get(m.model)}) for m in models)


def _p_value(model: ModelScores) -> float | None:
    """Two-sided, of the corrected resampled t-test; None without a difference or a spread."""
    own = model.difference
    if own is None or not own.standard_error:
        return None
    return float(2 * student.sf(abs(own.mean) / own.standard_error, own.repeats - 1))


# -- what is to be done ---------------------------------------------------------------------------

# one fold, or the run's own split: everything that is to be done on it, in one thread
Task = Callable[[], None]


def _tasks(
    spec: EvaluateSpec, prepared: PreprocessedData, todo: Sequence[PlannedTrial], watch: "_Watch"
) -> list[Task]:
    by_repeat: dict[int | None, list[PlannedTrial]] = {}
    for trial in todo:
        by_repeat.setdefault(trial.repeat, []).append(trial)
    tasks: list[Task] = []
    for repeat, trials in by_repeat.items():
        if repeat is None:
            tasks.append(partial(_own_split, prepared, trials, watch))
            continue
        repeated = _Repeat(spec, prepared, repeat)
        watch.expect(trials, spec.folds)
        tasks += [partial(_fold, repeated, number, trials, watch) for number in range(spec.folds)]
    return tasks


class _Repeat:
    """The folds of one repeat, drawn when the first of them is begun."""

    def __init__(self, spec: EvaluateSpec, prepared: PreprocessedData, repeat: int) -> None:
        self._spec, self._prepared, self._repeat = spec, prepared, repeat
        self._lock = threading.Lock()
        self._splits: list[tuple[Index, Index]] = []

    def portion(self, number: int, reporter: Reporter) -> Portion:
        """Fold `number`, preprocessed; nothing of it is kept here."""
        seed = derived_seed(self._spec.split_seed, FOLDS, self._repeat)
        pool = StrictPool(
            self._prepared.table,
            self._spec.data_spec,
            seed,
            early_stopping=self._spec.early_stopping is not None,
            check=reporter.check,
        )
        with self._lock:
            if not self._splits:
                drawn = pool.folds(self._spec.folds).split(np.zeros(len(pool.y)), pool.y)
                self._splits = list(drawn)
        rows, held_out = self._splits[number]
        classes = len(self._prepared.class_names)
        return Portion.of_fold(pool.portion(rows), held_out, pool.y, classes)


def _fold(repeat: _Repeat, number: int, trials: Sequence[PlannedTrial], watch: "_Watch") -> None:
    portion = repeat.portion(number, watch.reporter)
    for trial in trials:
        watch.score(trial, number, portion)


def _own_split(prepared: PreprocessedData, trials: Sequence[PlannedTrial], watch: "_Watch") -> None:
    """What a training with these settings is shown with: its figure on its validation rows."""
    assert prepared.validation is not None
    train, scored = _rows(prepared.train), _rows(prepared.validation)
    watch.expect(trials, 1)
    for trial in trials:
        watch.score(trial, 0, Portion(train, scored, scored, len(prepared.class_names)))


def _rows(own: Dataset) -> tuple[FeatureMatrix, Labels]:
    return own.x, own.y.astype(np.int64)


def _work(tasks: Sequence[Task]) -> None:
    """Do all tasks, in their order, on a thread for each core; the first failure ends all."""
    threads = usable_threads()
    if threads == 1:
        for task in tasks:
            task()
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="fold") as pool:
        running = [pool.submit(task) for task in tasks]
        ended, left = wait(running, return_when=FIRST_EXCEPTION)
        for one in left:
            one.cancel()
        for one in ended:
            one.result()


@dataclass
class _Watch:
    """Reports trials, and folds what it reports: scores are read from the same state.

    Its methods are called from several threads.
    """

    spec: EvaluateSpec
    reporter: Reporter
    state: RunState
    # of the trials under way: the scores of each fold by its number, and how many there will be
    _found: dict[int, dict[int, dict[str, float]]] = field(default_factory=dict)
    _folds: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, trials: Sequence[PlannedTrial], folds: int) -> None:
        """Trials that are going to have scores on so many folds."""
        self._folds |= {trial.number: folds for trial in trials}

    def score(self, trial: PlannedTrial, number: int, portion: Portion) -> None:
        """Score a trial on one fold; reports its start before the first and its end after all."""
        with self._lock:
            if trial.number not in self._found:
                self._found[trial.number] = {}
                self._report(
                    TrialStarted(
                        steady=clock.steady(), trial=trial.number, settings=trial.settings,
                        epochs=self.spec.epochs if trial.model == NETWORK else 0, group=trial.model,
                    )
                )  # fmt: skip
        key = training_key(trial.number, number)
        found = scores_on(trial.model, trial.seed, self.spec, portion, self.reporter, key)
        with self._lock:
            own = self._found[trial.number]
            own[number] = found
            if len(own) == self._folds[trial.number]:
                self._report(_ended(trial, own))

    def end_all(self) -> None:
        """Report the trials under way as stopped; once no thread works at them any more."""
        for number, own in self._found.items():
            if len(own) < self._folds[number]:
                self._report(TrialEnded(steady=clock.steady(), trial=number, status="stopped"))

    def _report(self, event: TrialStarted | TrialEnded) -> None:
        self.reporter.emit(event)
        self.state = fold(self.state, [event])


def _ended(trial: PlannedTrial, folds: dict[int, dict[str, float]]) -> TrialEnded:
    """The end of a trial with the scores that all its folds have."""
    in_order = [folds[number] for number in sorted(folds)]
    names = [name for name in in_order[0] if all(name in one for one in in_order)]
    return TrialEnded(
        steady=clock.steady(),
        trial=trial.number,
        status="finished",
        scores={name: tuple(one[name] for one in in_order) for name in names},
    )
