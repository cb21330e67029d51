"""A learning curve that is the same in every test, as the events of its run."""

import math
from typing import Any

from engine.kinds import make_spec
from engine.planning import learning_curve
from engine.planning.learning_curve import planned, training_sizes
from engine.results.learning_curve import (
    ExtrapolatedCurve,
    Extrapolation,
    LearningCurveResult,
    Reach,
)
from engine.runs.events import Event
from engine.runs.state import RunState, fold
from engine.specs.kinds.learning_curve import LearningCurveSpec
from tests.support.stored.trials import begun, finished, scored

CURVE: dict[str, Any] = {"repeats": 6}
SIZES = training_sizes(220, 3, 10)
# floor, scale and exponent of each model's error
LAWS = {"network": (0.01, 1.2, 0.7), "logistic": (0.03, 0.6, 0.8)}


def curve_spec() -> LearningCurveSpec:
    """Network and logistic regression, ten sizes six times."""
    found = make_spec("learning_curve", CURVE)
    assert isinstance(found, LearningCurveSpec)
    return found


def _accuracy(model: str, rows: float) -> float:
    floor, scale, exponent = LAWS[model]
    return 1 - floor - scale * float(rows) ** -exponent


def curve_events(repeats: int = 6, *, ended: bool = True) -> list[Event]:
    """As many repeats as are done; with all of them, and `ended`, the extrapolation."""
    spec = curve_spec()
    events = begun(len(planned(spec)), trainings=spec.trainings, epochs=spec.epochs_planned)
    for trial in planned(spec):
        if trial.repeat is None or trial.repeat >= repeats:
            continue
        accuracies = tuple(
            min(1.0, _accuracy(trial.model, size) + math.sin(5 * trial.number + n) / 60)
            for n, size in enumerate(SIZES)
        )
        scores = {"validation": accuracies, "seconds": (0.02,) * len(SIZES), "rows": SIZES}
        events += scored(trial.number, trial.settings, scores, group=trial.model)
    if not ended:
        return events
    state = fold(RunState(), events)
    result = LearningCurveResult(
        sizes=SIZES,
        models=learning_curve.model_curves(spec, state),
        extrapolation=_extrapolation(),
    )
    return [*events, *finished(result)]


def _extrapolation() -> Extrapolation:
    sizes = learning_curve.further_sizes(SIZES[-1])

    def curve(model: str) -> ExtrapolatedCurve:
        floor, scale, exponent = LAWS[model]
        means = [_accuracy(model, rows) for rows in sizes]
        points = tuple(
            Reach(mean=mean, low=mean - 0.01 - 0.001 * place, high=min(1.0, mean + 0.01))
            for place, mean in enumerate(means)
        )
        gain = _accuracy(model, SIZES[-1] + 200) - means[0]
        return ExtrapolatedCurve(
            model=model, floor=floor, scale=scale, exponent=exponent, points=points,
            gain=Reach(mean=gain, low=0.0, high=2 * gain),
        )  # fmt: skip

    return Extrapolation(sizes=sizes, more_rows=200, models=tuple(map(curve, LAWS)))
