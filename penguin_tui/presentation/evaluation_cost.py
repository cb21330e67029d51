"""What a comparison of models costs: fits, and the time that earlier ones took for such."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine.results.evaluate import EvaluateResult
from engine.results.leaks import LeaksResult
from engine.results.learning_curve import LearningCurveResult
from engine.runs.state import RunState, fold
from engine.specs.classifiers import CLASSIFIERS, NETWORK
from engine.specs.compared_models import ComparedModels
from engine.specs.repeated import RepeatedSpec
from engine.specs.run_spec import RunSpec
from engine.store.store import Store
from penguin_tui.presentation.blocks import Block, Span, line, muted
from penguin_tui.presentation.text import NOTHING, counted, duration
from penguin_tui.presentation.workload_estimate import RECENT_RUNS, steps_per_row

NETWORK_FITS = "trainings of the network"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one fold by model, as they passed on the clock while folds were worked at.

    Of the network for a unit of work: an epoch's steps for each training row. `most` where they
    are of an evaluation and asked for a learning curve, whose folds are smaller but for the last.
    """

    seconds: Mapping[str, float]
    run: int
    most: bool = False


def known_cost(store: Store, spec: RunSpec) -> Cost | None:
    """What each model took in earlier runs on the same data; the newest of each counts."""
    for kind in dict.fromkeys((spec.kind, "evaluate")):
        found: dict[str, float] = {}
        newest = 0
        for record in store.runs()[:RECENT_RUNS]:
            # one that was trained on a cluster says nothing of this machine
            here = record.status == "finished" and not record.cluster_text
            own = record.spec if record.kind == kind and here else None
            if not isinstance(own, RepeatedSpec) or own.data != spec.data:
                continue
            result = fold(RunState(), store.events(record.id)[1]).result
            if isinstance(result, LeaksResult):
                work = own.trainings * own.epochs * steps_per_row(own)
                return Cost({NETWORK: (record.seconds() or 0.0) / work}, record.id)
            if not isinstance(own, ComparedModels):
                continue
            if isinstance(result, EvaluateResult | LearningCurveResult):
                newest = max(newest, record.id)
                for model, seconds in _of_folds(own, result, record.seconds() or 0.0).items():
                    found.setdefault(model, seconds)
        if found:
            return Cost(found, newest, most=kind != spec.kind)
    return None


def _of_folds(
    spec: ComparedModels, result: EvaluateResult | LearningCurveResult, seconds: float
) -> dict[str, float]:
    """Seconds of a fold by model; they add up to what the whole run took."""
    took = {model.model: model.seconds for model in result.models}
    spent = math.fsum(took.values())
    share = seconds / spent / spec.fits_of_each if spent else 0.0
    found = {model: share * own for model, own in took.items()}
    if NETWORK in found:
        found[NETWORK] /= spec.epochs * steps_per_row(spec)
    return found


def cost_blocks(spec: RepeatedSpec, cost: Cost | None) -> list[Block]:
    """How many fits, and how long each model takes."""
    rows = tuple(
        (CLASSIFIERS[model].label, counted(_fits(spec, model), "fit"), *_times(spec, model, cost))
        for model in _models(spec)
    )
    parts = " × ".join(counted(number, noun) for noun, number in spec.fits_by.items())
    lines = (line(Span(f"{counted(spec.fits_of_each, 'fit')} each", "strong"), f" ({parts})"),)
    others = [_others(spec)] if isinstance(spec, ComparedModels) else []
    return [Block("Workload", lines, rows=rows, left=1), _whole(spec, cost), *others]


def _models(spec: RepeatedSpec) -> tuple[str, ...]:
    return spec.models if isinstance(spec, ComparedModels) else (NETWORK,)


def _fits(spec: RepeatedSpec, model: str) -> int:
    return spec.trainings if model == NETWORK else spec.fits_of_each


def _seconds(spec: RepeatedSpec, model: str, cost: Cost | None) -> float | None:
    if cost is None or model not in cost.seconds:
        return None
    work = spec.epochs * steps_per_row(spec) if model == NETWORK else 1.0
    return cost.seconds[model] * work * _fits(spec, model)


def _times(spec: RepeatedSpec, model: str, cost: Cost | None) -> tuple[str, ...]:
    """The last column, where any time is known."""
    if cost is None:
        return ()
    seconds = _seconds(spec, model, cost)
    return (NOTHING if seconds is None else duration(seconds),)


def whole_seconds(spec: RepeatedSpec, cost: Cost | None) -> float | None:
    """How long it takes in all; None where some model has not been measured."""
    known = [_seconds(spec, model, cost) for model in _models(spec)]
    return None if None in known else math.fsum(seconds or 0.0 for seconds in known)


def _whole(spec: RepeatedSpec, cost: Cost | None) -> Block:
    models, whole = _models(spec), whole_seconds(spec, cost)
    if cost is None or whole is None:
        known = [_seconds(spec, model, cost) for model in models]
        missing = [CLASSIFIERS[m].label for m, s in zip(models, known, strict=True) if not s]
        which = "" if cost is None else f": {', '.join(missing)}"
        note = muted(f"Not measured yet{which}.")
        return Block("Duration", (line("unknown"),), notes=(note,))
    about = duration(whole)
    return Block(
        "Duration",
        ((Span(f"{'at most ' * cost.most}about {about}", "strong"),),),
        notes=(muted(f"measured by run {cost.run} and earlier ones on these data"),),
    )


def _others(spec: ComparedModels) -> Block:
    """The models that are left out."""
    names = [name for name in CLASSIFIERS if name not in spec.models]
    lines = tuple(muted(f"{name}: {CLASSIFIERS[name].help}") for name in names)
    return Block("More models", lines) if lines else Block()
