"""What an evaluation is going to cost: fits, and the time that earlier ones took for such."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine.results.evaluate import EvaluateResult
from engine.runs.state import RunState, fold
from engine.specs.classifiers import CLASSIFIERS, NETWORK
from engine.specs.evaluate import EvaluateSpec
from engine.specs.run_spec import RunSpec
from engine.store.store import Store
from penguin_tui.presentation.blocks import Block, Span, line, muted
from penguin_tui.presentation.text import NOTHING, counted, duration
from penguin_tui.presentation.workload_estimate import RECENT_RUNS, steps_per_row

NETWORK_FITS = "trainings of the network"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one fold by model, as they passed on the clock while folds were worked at.

    Of the network for a unit of work: an epoch's steps for each training row.
    """

    seconds: Mapping[str, float]
    run: int


def known_cost(store: Store, spec: RunSpec) -> Cost | None:
    """What each model took in earlier evaluations of the same data; the newest of each counts."""
    found: dict[str, float] = {}
    newest = 0
    for record in store.runs()[:RECENT_RUNS]:
        own = record.spec
        alike = isinstance(own, EvaluateSpec) and own.data == spec.data
        if not alike or record.status != "finished":
            continue
        result = fold(RunState(), store.events(record.id)[1]).result
        if isinstance(own, EvaluateSpec) and isinstance(result, EvaluateResult):
            newest = max(newest, record.id)
            for model, seconds in _of_folds(own, result, record.seconds() or 0.0).items():
                found.setdefault(model, seconds)
    return Cost(found, newest) if found else None


def _of_folds(spec: EvaluateSpec, result: EvaluateResult, seconds: float) -> dict[str, float]:
    """Seconds of a fold by model; they add up to what the whole run took."""
    spent = math.fsum(model.seconds for model in result.models)
    share = seconds / spent if spent else 0.0
    found = {m.model: share * m.seconds / max(1, len(m.scores)) for m in result.models}
    if NETWORK in found:
        found[NETWORK] /= spec.epochs * steps_per_row(spec)
    return found


def cost_blocks(spec: EvaluateSpec, cost: Cost | None) -> list[Block]:
    """How many fits, and how long each model takes."""
    fits = spec.folds * spec.repeats
    rows = tuple(
        (CLASSIFIERS[model].label, counted(_fits(spec, model), "fit"), _time(spec, model, cost))
        for model in spec.models
    )
    folds = f"{counted(spec.folds, 'fold')} × {counted(spec.repeats, 'repeat')}"
    lines = (line(Span(counted(fits, "fold"), "strong"), f" ({folds})"),)
    return [Block("Workload", lines, rows=rows, left=1), _whole(spec, cost), _others(spec)]


def _fits(spec: EvaluateSpec, model: str) -> int:
    return spec.trainings if model == NETWORK else spec.folds * spec.repeats


def _seconds(spec: EvaluateSpec, model: str, cost: Cost | None) -> float | None:
    if cost is None or model not in cost.seconds:
        return None
    work = spec.epochs * steps_per_row(spec) if model == NETWORK else 1.0
    return cost.seconds[model] * work * _fits(spec, model)


def _time(spec: EvaluateSpec, model: str, cost: Cost | None) -> str:
    seconds = _seconds(spec, model, cost)
    return NOTHING if seconds is None else duration(seconds)


def _whole(spec: EvaluateSpec, cost: Cost | None) -> Block:
    known = [_seconds(spec, model, cost) for model in spec.models]
    if cost is None or None in known:
        missing = [CLASSIFIERS[m].label for m, s in zip(spec.models, known, strict=True) if not s]
        what = "" if cost is None else f" of {', '.join(missing)}"
        note = muted(f"No evaluation of these data has measured the time{what} yet.")
        return Block("Duration", (line("unknown"),), notes=(note,))
    about = duration(math.fsum(seconds or 0.0 for seconds in known))
    return Block(
        "Duration",
        ((Span(f"about {about}", "strong"),),),
        notes=(muted(f"measured by run {cost.run} and earlier ones on these data"),),
    )


def _others(spec: EvaluateSpec) -> Block:
    """The models that are left out."""
    names = [name for name in CLASSIFIERS if name not in spec.models]
    lines = tuple(muted(f"{name}: {CLASSIFIERS[name].help}") for name in names)
    return Block("More models", lines) if lines else Block()
