"""One configuration on many splits, beside simpler models on the same folds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.stats import t as student

from engine.data.datasets import Dataset, PreprocessedData
from engine.data.feature_matrix import FeatureMatrix
from engine.data.splits.folds import Labels, ScoredSets, StrictPool
from engine.jobs.comparison.comparison import Compared, Watch, compare, score
from engine.jobs.comparison.parallel import work
from engine.jobs.comparison.pool import Repeat, Splits
from engine.planning import evaluation
from engine.planning.evaluation import PlannedTrial, compared, planned
from engine.results.evaluate import EvaluateResult, ModelScores
from engine.results.statistics import holm
from engine.runs.executor import Outlet
from engine.runs.reporter import Reporter
from engine.runs.state import RunState
from engine.specs.kinds.evaluate import EvaluateSpec


def run(spec: EvaluateSpec, reporter: Reporter) -> EvaluateResult:
    """Score every model on every fold.

    Preprocessing is learnt in each fold; where early stopping needs rows they come out of the
    fold's training rows.
    """
    return compare(
        spec,
        planned(spec),
        compared(spec),
        partial(_tasks, spec),
        score_folds,
        partial(_result, spec),
        reporter,
    )


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
    found = holm(raw)
    return tuple(m.model_copy(update={"holm_p": found.get(m.model)}) for m in models)


def _p_value(model: ModelScores) -> float | None:
    """Two-sided, of the corrected resampled t-test; None without a difference or a spread."""
    own = model.difference
    if own is None or not own.standard_error:
        return None
    return float(2 * student.sf(abs(own.mean) / own.standard_error, own.repeats - 1))


# -- what is to be done ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fold:
    """Fold `number` of `repeat`, or the run's own split where that is None, and whose it is."""

    repeat: int | None
    number: int
    trials: tuple[PlannedTrial, ...]


def _tasks(
    spec: EvaluateSpec, prepared: PreprocessedData, todo: Sequence[PlannedTrial], watch: Watch
) -> list[_Fold]:
    by_repeat: dict[int | None, list[PlannedTrial]] = {}
    for trial in todo:
        by_repeat.setdefault(trial.repeat, []).append(trial)
    tasks: list[_Fold] = []
    for repeat, trials in by_repeat.items():
        folds = 1 if repeat is None else spec.folds
        watch.expect(trials, folds)
        tasks += [_Fold(repeat, number, tuple(trials)) for number in range(folds)]
    return tasks


def score_folds(
    shared: Compared[EvaluateSpec], tasks: Sequence[_Fold], outlet: Outlet[Watch], threads: int
) -> None:
    """Score the trials of some folds."""
    draw = partial(_folds, shared.spec)
    repeats = {
        task.repeat: Repeat(shared.spec, shared.prepared, task.repeat, draw)
        for task in tasks
        if task.repeat is not None
    }
    work([partial(_score_fold, shared, repeats, task, outlet) for task in tasks], threads)


def _score_fold(
    shared: Compared[EvaluateSpec],
    repeats: Mapping[int, Repeat],
    task: _Fold,
    outlet: Outlet[Watch],
) -> None:
    if task.repeat is None:
        sets = _own_split(shared.prepared)
    else:
        sets = repeats[task.repeat].sets(task.number, outlet.reporter)
    for trial in task.trials:
        score(shared.spec, trial, task.number, sets, outlet)


def _folds(spec: EvaluateSpec, pool: StrictPool) -> Splits:
    return list(pool.folds(spec.folds).split(np.zeros(len(pool.y)), pool.y))


def _own_split(prepared: PreprocessedData) -> ScoredSets:
    """What a training with these settings is shown with: its figure on its validation rows."""
    assert prepared.validation is not None
    train, scored = _rows(prepared.train), _rows(prepared.validation)
    return ScoredSets(train, scored, scored, len(prepared.class_names), prepared.train.weights)


def _rows(own: Dataset) -> tuple[FeatureMatrix, Labels]:
    return own.x, own.y.astype(np.int64)
