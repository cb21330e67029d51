"""An evaluation on many splits: models with their differences, and how much of it is luck."""

import math
from collections.abc import Sequence

from engine.planning import evaluation
from engine.results.evaluate import EvaluateResult, Luck, ModelScores
from engine.results.scores import FOLD_SCORES, ScoreInfo
from engine.results.statistics import Band
from engine.runs.state import RunState
from engine.specs.classifiers import CLASSIFIERS, NETWORK
from engine.specs.kinds.evaluate import EvaluateSpec
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted
from penguin_tui.presentation.text import (
    NOTHING,
    band,
    bounds,
    counted,
    duration,
    figure,
    ordinal,
    percent,
)

# an adjusted p-value above it: chance alone gives such a difference among so many models
HOLM_LEVEL = 0.05
# columns in which there is room for more
ROOMY = 100
BARS, BAR = 40, "█"
# accuracies that have a bar each
FEW = 12
# 0.29 / 0.01 is a little below 29
ROUNDING = 1e-9
# headings of the other scores where there is little room
SHORT = {"balanced_accuracy": "balanced", "macro_f1": "F1"}


def label(model: str) -> str:
    """A model as a person reads it; one that this version does not know by its name."""
    found = CLASSIFIERS.get(model)
    return found.label if found is not None else model


def scores_so_far(record: RunRecord, state: RunState) -> tuple[ModelScores, ...]:
    """Of the result, or of the trials while there is none."""
    if isinstance(state.result, EvaluateResult):
        return state.result.models
    spec = record.spec
    return evaluation.model_scores(spec, state) if isinstance(spec, EvaluateSpec) else ()


def models_blocks(record: RunRecord, state: RunState, brief: bool) -> list[Block]:
    """Accuracies and differences, the other scores, and how to read them."""
    models, spec = scores_so_far(record, state), record.spec
    if not models or not isinstance(spec, EvaluateSpec):
        return []
    return [_accuracies(models, spec), _other_scores(models)]


def _accuracies(models: Sequence[ModelScores], spec: EvaluateSpec) -> Block:
    folds = max(len(model.scores) for model in models)
    rows = tuple(
        (
            label(model.model),
            accuracy(model.accuracy),
            difference(model.difference),
            _verdict(model),
        )
        for model in models
    )
    return Block(
        f"Accuracy over {counted(folds, 'fold')}",
        header=("model", "accuracy", "difference, pp", "verdict"),
        rows=rows,
        notes=(*_how_to_read(models, spec), *_holm(models)),
    )


def accuracy(found: Band) -> str:
    """With its interval over splits; where that has no spread it says what it covers."""
    if found.low is None or found.high is None or found.covers != "splits":
        return band(found)
    return f"{percent(found.mean)} ({bounds(found.low, found.high)})"


def _how_to_read(models: Sequence[ModelScores], spec: EvaluateSpec) -> tuple[Line, ...]:
    repeats = max(len(model.scores) for model in models) // spec.folds
    folds = f"{counted(spec.folds, 'fold')} × {counted(repeats, 'repeat')}"
    return (
        muted(f"{folds}; in brackets: 95 % interval over splits. The test set stays held out."),
        muted(
            f"Difference to {label(spec.compared_with)}; equivalent: within {spec.margin:g} pp"
            " (percentage points)."
        ),
    )


def _verdict(model: ModelScores) -> str:
    if model.verdict is None:
        return "reference"
    return f"{model.verdict} *" if _by_chance(model) else model.verdict


def _by_chance(model: ModelScores) -> bool:
    """Whether a difference is shown that does not outlast the correction for their number."""
    adjusted = model.holm_p
    return model.verdict in ("better", "worse") and adjusted is not None and adjusted > HOLM_LEVEL


def _holm(models: Sequence[ModelScores]) -> list[Line]:
    """How many were compared, and which verdicts chance alone may give among so many."""
    compared = [model for model in models if model.holm_p is not None]
    if len(compared) < 2:
        return []
    doubtful = any(map(_by_chance, compared))
    tail = (
        " * does not outlast Holm's correction for their number."
        if doubtful
        else " Holm's correction for their number changes no verdict."
    )
    return [muted(f"{counted(len(compared), 'model')} compared.{tail}")]


def difference(value: Band | None) -> str:
    """A difference of accuracies as "+0.5 (-0.4 to +1.3)", in percentage points."""
    if value is None:
        return NOTHING
    mean = f"{100 * value.mean:+.1f}"
    if value.low is None or value.high is None:
        return f"{mean} (no spread)"
    return f"{mean} ({100 * value.low:+.1f} to {100 * value.high:+.1f})"


def _other_scores(models: Sequence[ModelScores]) -> Block:
    others = [info for info in FOLD_SCORES if info.name != "accuracy"]
    rows = tuple(
        (
            label(model.model),
            *(_score(info, model.metrics.get(info.name)) for info in others),
            duration(model.seconds),
        )
        for model in models
    )
    titles = (SHORT.get(info.name, info.label) for info in others)
    return Block(
        "Other scores, means over the folds",
        header=("model", *titles, "time"),
        rows=rows,
        notes=(muted("Intervals: --json. Log loss and Brier score: lower is better."),),
    )


def _score(info: ScoreInfo, value: Band | None) -> str:
    if value is None:
        return NOTHING
    if info.unit == "percent":
        return percent(value.mean)
    return f"{value.mean:.3f}" if info.unit == "fraction" else figure(value.mean)


# -- luck -----------------------------------------------------------------------------------------


def luck_so_far(record: RunRecord, state: RunState) -> Luck | None:
    """Of the result, or of the trials while there is none."""
    if isinstance(state.result, EvaluateResult):
        return state.result.luck
    spec = record.spec
    return evaluation.luck(spec, state) if isinstance(spec, EvaluateSpec) else None


def luck_blocks(record: RunRecord, state: RunState, brief: bool) -> list[Block]:
    """The accuracies of all folds as bars, with the single split's figure among them."""
    found = luck_so_far(record, state)
    folds = next((m.scores for m in scores_so_far(record, state) if m.model == NETWORK), ())
    if found is None or not folds:
        return []
    bars = Block(
        f"The network's accuracy, {counted(len(folds), 'fold')}", _histogram(folds, found.own)
    )
    return [Block("Luck", luck_lines(found)), bars]


def luck_lines(found: Luck) -> tuple[Line, ...]:
    """What a single split's figure is worth, and where its luck comes from."""
    lines = [
        line(
            "Your ", Span(percent(found.own), "strong"),
            f" on the run's own split is the {ordinal(round(found.percentile))} percentile of what"
            " this configuration gives.",
        )
    ]  # fmt: skip
    if found.sd_split is not None and found.sd_seed is not None:
        lines.append(
            muted(
                f"Another split changes it by ± {100 * found.sd_split:.1f} pp, another seed by"
                f" ± {100 * found.sd_seed:.1f} pp (standard deviation of one fold)."
            )
        )
    return tuple(lines)


def _histogram(folds: Sequence[float], own: float) -> tuple[Line, ...]:
    """A bar for each accuracy, the highest first; for each of some ten steps where there are many.

    Small folds have few different accuracies: with 55 rows they are 1.8 points apart.
    """
    places: dict[float, int] = dict.fromkeys((*folds, own), 0)
    if step := 0.0 if len(places) <= FEW else _step(max(places) - min(places)):
        first, last = (math.floor(end / step + ROUNDING) for end in (min(places), max(places)))
        places = {number * step: 0 for number in range(first, last + 1)}
    for value in folds:
        places[_place(value, step)] += 1
    most = max(places.values())
    lines = []
    for place, number in sorted(places.items(), reverse=True):
        ends = f"{100 * place:.1f}" if not step else bounds(place, min(1.0, place + step))
        size = math.ceil(number * min(BARS, most) / most)
        mine = "  ← your split" if place == _place(own, step) else ""
        lines.append(
            line(
                f"{ends:>{5 if not step else 11}} % ", Span(BAR * size, "accent"),
                f" {number}" if number else "", Span(mine, "strong"),
            )
        )  # fmt: skip
    return tuple(lines)


def _place(value: float, step: float) -> float:
    """Where the bar of an accuracy begins."""
    return math.floor(value / step + ROUNDING) * step if step else value


def _step(spread: float) -> float:
    """The width of a bar: about ten of them, of a round number of percentage points."""
    sizes = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
    return next((size for size in sizes if spread / size <= FEW - 1), sizes[-1])


# -- in a few lines -------------------------------------------------------------------------------


def evaluation_lines(record: RunRecord, state: RunState, width: int) -> list[Line]:
    """The first model, its difference to the reference, and the luck."""
    models = scores_so_far(record, state)
    if not models:
        return []
    shown = models[0]
    spans: list[str | Span] = [f"{label(shown.model)} ", Span(accuracy(shown.accuracy), "strong")]
    if shown.difference is not None and isinstance(record.spec, EvaluateSpec):
        spans.append(f" · {difference(shown.difference)} pp, {_verdict(shown)}")
        if width >= ROOMY:
            spans.append(f", against {label(record.spec.compared_with)}")
    found = luck_so_far(record, state)
    if found is None:
        return [line(*spans)]
    place = f"{ordinal(round(found.percentile))} percentile of {counted(len(shown.scores), 'fold')}"
    return [
        line(*spans),
        muted(f"Its figure on the run's own split, {percent(found.own)}: {place}."),
    ]
