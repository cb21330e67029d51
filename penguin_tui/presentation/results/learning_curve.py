"""A learning curve: accuracy over the number of training rows, and what more would bring."""

from dataclasses import dataclass

from engine.planning import learning_curve
from engine.results.learning_curve import (
    ExtrapolatedCurve,
    Extrapolation,
    LearningCurveResult,
    ModelCurve,
    Reach,
)
from engine.results.statistics import Band
from engine.runs.state import RunState
from engine.specs.kinds.learning_curve import LearningCurveSpec
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted
from penguin_tui.presentation.results.evaluation import label
from penguin_tui.presentation.text import NOTHING, bounds, count, counted, percent

NO_BAND = "The curve cannot be extrapolated: it has fewer than four sizes, or a single repeat."


@dataclass(frozen=True, slots=True)
class CurvePicture:
    """The curves so far; `extrapolation` when the run has ended."""

    sizes: tuple[int, ...]
    curves: tuple[ModelCurve, ...]
    extrapolation: Extrapolation | None = None

    @property
    def all_sizes(self) -> tuple[int, ...]:
        """The measured ones, and after them those of the extrapolation."""
        return self.sizes + (self.extrapolation.sizes if self.extrapolation is not None else ())

    @property
    def repeats(self) -> int:
        """Those that every model has done."""
        return min(curve.repeats for curve in self.curves)

    def beyond(self, model: str) -> ExtrapolatedCurve | None:
        """What is extrapolated of a model."""
        found = self.extrapolation.models if self.extrapolation is not None else ()
        return next((curve for curve in found if curve.model == model), None)


def picture_of(record: RunRecord, state: RunState) -> CurvePicture | None:
    """Of the result, or of the trials while there is none; None before the first repeat."""
    result = state.result
    if isinstance(result, LearningCurveResult):
        return CurvePicture(result.sizes, result.models, result.extrapolation)
    if not isinstance(record.spec, LearningCurveSpec):
        return None
    curves = learning_curve.model_curves(record.spec, state)
    return CurvePicture(learning_curve.known_sizes(state), curves) if curves else None


def sizes_blocks(record: RunRecord, state: RunState, brief: bool) -> list[Block]:
    """A row for each size, the extrapolated ones below; how to read them."""
    found = picture_of(record, state)
    if found is None:
        return []
    header = ("training rows", *(label(curve.model) for curve in found.curves))
    rows = [
        (count(size), *(_accuracy(curve.points[place]) for curve in found.curves))
        for place, size in enumerate(found.sizes)
    ]
    if found.extrapolation is not None:
        rows += [
            (f"{count(size)} *", *(_accuracy(c.points[place]) for c in found.extrapolation.models))
            for place, size in enumerate(found.extrapolation.sizes)
            # the largest size that there is has been measured
            if place and place % 3 == 0
        ]
    more = Block("More rows", tuple(says(found)))
    return [Block("Accuracy", header=header, rows=tuple(rows), notes=_notes(found)), more]


def _notes(found: CurvePicture) -> tuple[Line, ...]:
    covered = next((p.covers for c in found.curves for p in c.points if p.covers), "rows")
    notes = [
        muted(
            f"Means over {counted(found.repeats, 'repeat')}; in brackets: 95 % interval over"
            f" {covered}. The test set stays held out."
        )
    ]
    if found.extrapolation is not None:
        notes.append(muted("* extrapolated: error = a + b · rows^-c, band by bootstrap."))
    return tuple(notes)


def _accuracy(point: Band | Reach) -> str:
    if point.low is None or point.high is None:
        return percent(point.mean)
    return f"{percent(point.mean)} ({bounds(point.low, point.high)})"


def says(found: CurvePicture) -> list[Line]:
    """What more rows would bring, a line for each model; while the run lasts nothing."""
    if found.extrapolation is None:
        return []
    more = counted(found.extrapolation.more_rows, "more row")
    return [
        line(f"{label(curve.model)}, {more}: ", Span(f"+{_gain(curve.gain)}", "strong"))
        for curve in found.extrapolation.models
    ]


def _gain(gain: Reach) -> str:
    """A gain of accuracy as "0.4 pp (0 to 0.9)"."""
    low, high = (f"{100 * value:.1f}" for value in (gain.low, gain.high))
    return f"{100 * gain.mean:.1f} pp ({'0' if low == '0.0' else low} to {high})"


def curve_lines(record: RunRecord, state: RunState, width: int) -> list[Line]:
    """The accuracy with all rows, and what more of them would bring."""
    found = picture_of(record, state)
    if found is None:
        return []
    if found.extrapolation is not None:
        return says(found)
    rows = counted(found.sizes[-1], "row")
    return [
        line(f"{label(curve.model)} with {rows} ", Span(_accuracy(curve.points[-1]), "strong"))
        for curve in found.curves
    ] + ([muted(NO_BAND)] if state.result is not None else [])


def point_text(found: CurvePicture, place: int) -> str:
    """The figures at one size: of those beyond the largest the extrapolated ones."""
    beyond = place - len(found.sizes)
    if beyond < 0:
        texts = (f"{label(c.model)} {_accuracy(c.points[place])}" for c in found.curves)
        return f"{counted(found.sizes[place], 'row')}: {'  '.join(texts)}"
    assert found.extrapolation is not None
    own = found.extrapolation
    texts = (f"{label(c.model)} {_accuracy(c.points[beyond])}" for c in own.models)
    return f"{counted(own.sizes[beyond], 'row')}, extrapolated: {'  '.join(texts) or NOTHING}"
