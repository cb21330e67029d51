"""One configuration on many splits, beside simpler models on the same folds."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy.stats import t as student

from engine.data.datasets import Dataset, PreprocessedData
from engine.data.feature_matrix import FeatureMatrix
from engine.data.splits.folds import Labels, ScoredSets, StrictPool
from engine.jobs.comparison.comparison import Watch, compare
from engine.jobs.comparison.parallel import Task
from engine.jobs.comparison.pool import Repeat, Splits
from engine.planning import evaluation
from engine.planning.evaluation import PlannedTrial, compared, planned
from engine.results.evaluate import EvaluateResult, ModelScores
from engine.results.statistics import holm
from engine.runs.reporter import Reporter
from engine.runs.state import RunState
from engine.specs.kinds.evaluate import EvaluateSpec


def run(spec: EvaluateSpec, reporter: Reporter) -> EvaluateResult:
    """Score every model on every fold.

    Preprocessing is learnt in each fold; where early stopping needs rows they come out of the
    fold's training rows.
    """
    return compare(
        spec, planned(spec), compared(spec), partial(_tasks, spec), partial(_result, spec), reporter
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


def _tasks(
    spec: EvaluateSpec, prepared: PreprocessedData, todo: Sequence[PlannedTrial], watch: Watch
) -> list[Task]:
    by_repeat: dict[int | None, list[PlannedTrial]] = {}
    for trial in todo:
        by_repeat.setdefault(trial.repeat, []).append(trial)
    tasks: list[Task] = []
    for repeat, trials in by_repeat.items():
        if repeat is None:
            tasks.append(partial(_own_split, prepared, trials, watch))
            continue
        repeated = Repeat(spec, prepared, repeat, partial(_folds, spec))
        watch.expect(trials, spec.folds)
        tasks += [partial(_fold, repeated, number, trials, watch) for number in range(spec.folds)]
    return tasks


def _folds(spec: EvaluateSpec, pool: StrictPool) -> Splits:
    return list(pool.folds(spec.folds).split(np.zeros(len(pool.y)), pool.y))


def _fold(repeat: Repeat, number: int, trials: Sequence[PlannedTrial], watch: Watch) -> None:
    sets = repeat.sets(number, watch.reporter)
    for trial in trials:
        watch.score(trial, number, sets)


def _own_split(prepared: PreprocessedData, trials: Sequence[PlannedTrial], watch: Watch) -> None:
    """What a training with these settings is shown with: its figure on its validation rows."""
    assert prepared.validation is not None
    train, scored = _rows(prepared.train), _rows(prepared.validation)
    sets = ScoredSets(train, scored, scored, len(prepared.class_names), prepared.train.weights)
    watch.expect(trials, 1)
    for trial in trials:
        watch.score(trial, 0, sets)


def _rows(own: Dataset) -> tuple[FeatureMatrix, Labels]:
    return own.x, own.y.astype(np.int64)
