"""What a sweep's trials say about the swept setting: points, the best, the choice.

Pure functions of the spec and the folded state, so that the live chart, the
command line and the result show the same figures.

An accuracy is that of the weights which are kept, on the training rows as well. A sweep over
`epochs` trains once for each seed, not once for each value: with everything
drawn from the seed, the first k epochs of a longer training are the training of
k epochs, to the bit.
"""

import math
from collections.abc import Sequence
from typing import Any, Final, Literal

from engine.planning.stopping_rule import best_epoch
from engine.results.search import Point
from engine.results.statistics import accuracy_band
from engine.runs.state import Curve, RunState, Trial
from engine.specs.derived_settings import variable_settings
from engine.specs.kinds.sweep import SweepSpec
from engine.specs.network import EarlyStopping

Value = bool | int | float | str
DIVERGED: Final = "diverged"
# training (None where it was not kept) and validation accuracy, where the training has some
_Outcome = tuple[float | None, float] | Literal["diverged"]


def swept(spec: SweepSpec) -> tuple[str, tuple[Value, ...]]:
    """The swept setting and its values, in the order they are trained."""
    ((setting, dimension),) = spec.vary.items()
    values = dimension.values
    if values is None:
        raise ValueError(f"{setting} has no values one by one")
    return setting, values  # type: ignore[return-value]  # a choice of lists is not swept


def ordered(spec: SweepSpec) -> bool:
    """Whether the values are numbers, of which one can be the smallest."""
    _, values = swept(spec)
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def trial_settings(spec: SweepSpec) -> list[dict[str, Any]]:
    """The settings of every trial: a value and a seed; for `epochs` the seed alone."""
    setting, values = swept(spec)
    seeds = [spec.seed + repeat for repeat in range(spec.repeats)]
    if setting == "epochs":
        return [{"epochs": max(ends(spec)), "seed": seed} for seed in seeds]
    return [{setting: value, "seed": seed} for value in values for seed in seeds]


def ends(spec: SweepSpec) -> tuple[int, ...]:
    """The numbers of epochs after which a training is looked at: those that are swept."""
    setting, values = swept(spec)
    return tuple(v for v in values if isinstance(v, int)) if setting == "epochs" else ()


def points(spec: SweepSpec, state: RunState) -> tuple[Point, ...]:
    """The values of which at least one trial has ended, in the order of the values.

    A value stays in it when all its trials have diverged.
    """
    setting, values = swept(spec)
    found: dict[Value, list[_Outcome]] = {value: [] for value in values}
    for trial in state.trials.values():
        # one pass: there may be 100,000 trials
        for value in values if setting == "epochs" else (trial.settings[setting],):
            outcome = _outcome(spec, state, trial, value)
            if outcome is not None:
                found[value].append(outcome)
    return tuple(_point(value, own, *_rows(spec, state)) for value, own in found.items() if own)


def _rows(spec: SweepSpec, state: RunState) -> tuple[int | None, float | None]:
    """The rows of the set that chooses; where repeats are splits, how many for a training row."""
    rows = state.data.split_rows if state.data is not None else {}
    chosen_by = rows.get("validation", rows.get("test"))
    if spec.repeats_over == "seeds" or chosen_by is None:
        return chosen_by, None
    return chosen_by, chosen_by / rows["train"]


def first_seed(spec: SweepSpec, state: RunState, value: Value) -> int:
    """The smallest seed whose training with `value` has figures; ValueError where none has."""
    setting, _ = swept(spec)
    return min(
        int(trial.settings["seed"])
        for trial in state.trials.values()
        if setting == "epochs" or trial.settings[setting] == value
        if _outcome(spec, state, trial, value) not in (None, DIVERGED)
    )


def _outcome(spec: SweepSpec, state: RunState, trial: Trial, value: Value) -> "_Outcome | None":
    """What a trial says of a value; None where it has not come to it."""
    if "epochs" not in spec.vary:
        if trial.status == "diverged":
            return DIVERGED
        if trial.status != "finished" or not trial.scores.get("validation"):
            return None
        return next(iter(trial.scores.get("train", ())), None), trial.scores["validation"][0]
    curve = state.curve_of(trial.number)
    known = len(curve) - (trial.status == "diverged")
    # only what has finished would have ended early with more epochs, too
    if trial.status != "finished" and int(value) > known:
        return DIVERGED if trial.status == "diverged" else None
    validation = after(curve, int(value), spec.early_stopping)
    return None if validation is None else (trial.train_by_epochs.get(int(value)), validation)


def after(curve: Curve, epochs: int, stopping: EarlyStopping | None) -> float | None:
    """Validation accuracy of a training of `epochs` epochs; None if it is not there.

    A training that early stopping ended before `epochs` would have ended there
    with any higher number of epochs, too.
    """
    kept = min(epochs, len(curve))
    if kept == 0 or (kept < epochs and stopping is None):
        return None
    if stopping is not None and stopping.restore_best:
        kept = best_epoch(stopping, curve.column(stopping.monitor)[:kept])
    figures = curve.at(kept)
    if figures is None or math.isnan(figures["val_accuracy"]) or math.isnan(figures["loss"]):
        return None
    return figures["val_accuracy"]


def _point(
    value: Value, outcomes: Sequence["_Outcome"], rows: int | None, over_train: float | None
) -> Point:
    """The point of a value; `rows` and `over_train` as `_rows` has them."""
    pairs = [outcome for outcome in outcomes if not isinstance(outcome, str)]
    known = tuple(train for train, _ in pairs if train is not None)
    # of fewer seeds than the other it would be another mean
    train = accuracy_band(known, None) if known and len(known) == len(pairs) else None
    if train is not None and over_train is not None:
        # the correction is known for rows that were not fitted
        train = train.without_bounds()
    choosing = [accuracy for _, accuracy in pairs]
    return Point(
        value=value,
        train=train,
        validation=accuracy_band(choosing, rows, over_train) if choosing else None,
        diverged=len(outcomes) - len(pairs),
    )


def best(found: Sequence[Point]) -> Point | None:
    """The point of the highest mean validation accuracy, the first of equals.

    A value of which a seed has diverged is none: the mean of the others flatters it.
    """
    usable = [
        (point.validation.mean, point) for point in found if point.validation and point.usable
    ]
    return max(usable, key=lambda pair: pair[0])[1] if usable else None


def choose(spec: SweepSpec, found: Sequence[Point]) -> Point | None:
    """The simplest model within one standard error of the best (Breiman et al. 1984).

    Toward which end a setting makes the model simpler its declaration says. Where it says
    neither, and for values without an order, it is the best itself; so it is with a single
    repeat, of which no standard error is known. None where there is no best.
    """
    top = best(found)
    simpler = variable_settings(type(spec))[swept(spec)[0]].simpler
    if top is None or top.validation is None or simpler == "none" or not ordered(spec):
        return top
    threshold = top.validation.mean - top.validation.standard_error
    within = [
        point
        for point in found
        if point.usable and point.validation and point.validation.mean >= threshold
    ]
    simplest = min if simpler == "lower" else max
    return simplest(within, key=lambda point: float(point.value))
