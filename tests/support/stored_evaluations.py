"""An evaluation that is the same in every test, as the events of its run."""

import math
from typing import Any

from engine.kinds import make_spec
from engine.planning import evaluation
from engine.planning.evaluation import planned
from engine.results.evaluate import EvaluateResult
from engine.runs.events import (
    DataReady,
    Ended,
    Event,
    Finished,
    Phase,
    Plan,
    TrialEnded,
    TrialStarted,
)
from engine.runs.state import RunState, fold
from engine.specs.kinds.evaluate import EvaluateSpec
from tests.support.stored_runs import CLASSES, FEATURES, NOW

EVALUATION: dict[str, Any] = {"repeats": 4}
PARTS = {"train": 206, "validation": 69, "test": 69}
MEANS = {"network": 0.975, "logistic": 0.97, "majority": 0.44}
SCORES = ("validation", "balanced_accuracy", "macro_f1", "mcc", "log_loss", "roc_auc", "brier")


def evaluation_spec() -> EvaluateSpec:
    """Three models on five folds, four times."""
    found = make_spec("evaluate", EVALUATION)
    assert isinstance(found, EvaluateSpec)
    return found


def evaluation_events(repeats: int = 4, *, ended: bool = True) -> list[Event]:
    """As many repeats as are done; with all of them, and `ended`, what tells the luck as well."""
    spec = evaluation_spec()
    events: list[Event] = [
        DataReady(features=FEATURES, classes=CLASSES, split_rows=PARTS),
        Plan(at=NOW - 60, trials=len(planned(spec)), trainings=spec.trainings,
             epochs=spec.epochs_planned),
        Phase(name="evaluating"),
    ]  # fmt: skip
    for trial in planned(spec):
        whole = trial.repeat is not None and trial.repeat < repeats and trial.seed == spec.seed
        if not whole and not ended:
            continue
        folds = 1 if trial.repeat is None else spec.folds
        accuracies = tuple(
            min(1.0, MEANS[trial.model] + round(math.sin(7 * trial.number + 3 * n)) / 55)
            for n in range(folds)
        )
        scores = dict.fromkeys(SCORES, accuracies) | {"seconds": (0.02,) * folds}
        start = TrialStarted(
            at=NOW - 50, trial=trial.number, settings=trial.settings, epochs=20, group=trial.model
        )
        end = TrialEnded(at=NOW - 40, trial=trial.number, status="finished", scores=scores)
        events += [start, end]
    if not ended:
        return events
    state = fold(RunState(), events)
    result = EvaluateResult(
        models=evaluation.model_scores(spec, state), reference="logistic", folds=spec.folds,
        repeats=spec.repeats, margin=spec.margin, luck=evaluation.luck(spec, state),
    )  # fmt: skip
    return [*events, Finished(result=result), Ended(at=NOW - 5, status="finished")]
