"""An evaluation that is the same in every test, as the events of its run."""

import math
from typing import Any

from engine.kinds import make_spec
from engine.planning import evaluation
from engine.planning.evaluation import planned
from engine.results.evaluate import EvaluateResult
from engine.runs.events import Event
from engine.runs.state import RunState, fold
from engine.specs.kinds.evaluate import EvaluateSpec
from tests.support.stored.trials import begun, finished, scored

EVALUATION: dict[str, Any] = {"repeats": 4}
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
    events = begun(len(planned(spec)), trainings=spec.trainings, epochs=spec.epochs_planned)
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
        events += scored(trial.number, trial.settings, scores, group=trial.model)
    if not ended:
        return events
    state = fold(RunState(), events)
    result = EvaluateResult(
        models=evaluation.model_scores(spec, state), reference="logistic", folds=spec.folds,
        repeats=spec.repeats, margin=spec.margin, luck=evaluation.luck(spec, state),
    )  # fmt: skip
    return [*events, *finished(result)]
