"""The points of a sweep: in a picture, in cells, in sentences."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.planning import sweep as sweeps
from engine.results.search import Point, SweepResult
from engine.results.statistics import Band
from engine.runs.state import RunState
from engine.specs.kinds.sweep import SweepSpec
from engine.specs.typed_text import show
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import (
    Block,
    Line,
    Span,
    cells_block,
    line,
    muted,
    warning,
)
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.references import Reference, references
from penguin_tui.presentation.results.scores import scored_blocks
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import band_interval, clipped, count, counted, percent
from penguin_tui.presentation.words import SETS, selection_set


@dataclass(frozen=True, slots=True)
class SweepPicture:
    """The points of a sweep so far.

    `values` are all that will come; `selection` is the set that chooses, `references` are what its
    accuracies are compared with. `repeats` says what each value is repeated over.
    """

    setting: str
    values: tuple[Any, ...]
    points: tuple[Point, ...]
    best: Any = None
    chosen: Any = None
    selection: str = "validation"
    references: tuple[Reference, ...] = ()
    repeats: str = ""

    @property
    def label(self) -> str:
        """The setting as a person reads it."""
        return setting_label(self.setting)

    def setting_at(self, value: Any) -> str:
        """The setting with one of its values: "epochs 12"."""
        return f"{self.label} {clipped(show(value), 30)}"

    def mark(self, point: Point) -> str:
        """Whether a point is the chosen or the best one."""
        if _same(point.value, self.chosen):
            return "chosen"
        return "best" if _same(point.value, self.best) else ""

    @property
    def diverged(self) -> bool:
        """Whether any seed of any value has diverged."""
        return any(point.diverged for point in self.points)

    def marked(self, mark: Any) -> Point | None:
        """The point of a value, if there is one."""
        return next((point for point in self.points if _same(point.value, mark)), None)


def _same(value: Any, other: Any) -> bool:
    # True is no 1
    return type(value) is type(other) and value == other


def picture_of(record: RunRecord, state: RunState) -> SweepPicture | None:
    """The points of a sweep, the best and the chosen one; None of another kind of run."""
    spec = record.spec
    if not isinstance(spec, SweepSpec):
        return None
    setting, values = sweeps.swept(spec)
    selection = selection_set(record)
    result, compared = state.result, references(record, state)
    if isinstance(result, SweepResult):
        found = result.points, result.best, result.chosen
        return SweepPicture(setting, values, *found, selection, compared, repeats_text(spec))
    points = sweeps.points(spec, state)
    best = sweeps.best(points)
    top = best.value if best is not None else None
    return SweepPicture(setting, values, points, top, None, selection, compared, repeats_text(spec))


def repeats_text(spec: SweepSpec) -> str:
    """What each value is repeated over: "5 seeds on one split", or "5 splits and seeds"."""
    if spec.repeats_over == "splits":
        return f"{counted(spec.repeats, 'split')} and {'seed' if spec.repeats == 1 else 'seeds'}"
    return f"{counted(spec.repeats, 'seed')} on one split"


def point_columns(picture: SweepPicture) -> tuple[Column, ...]:
    """The columns of the points; where room is short the seeds go first."""
    return (
        Column("value", picture.label, 0),
        Column("selection", picture.selection, 10, right=True),
        Column("band", "95 % interval over", 18, right=True, rank=2),
        Column("train", SETS["train"], 8, right=True, rank=1),
        Column("seeds", "seeds", 5, right=True, rank=4 if not picture.diverged else 0),
        Column("mark", "", 6, rank=3),
    )


def point_cells(picture: SweepPicture, point: Point) -> tuple[Cell, ...]:
    """A cell for each of `point_columns`."""
    mark, band = picture.mark(point), point.validation
    role = {"chosen": "accent", "best": "good"}.get(mark, "")
    return (
        (clipped(show(point.value), 30), role),
        (percent(band.mean if band is not None else None), role),
        (band_interval(band), ""),
        (percent(point.train.mean if point.train is not None else None), "muted"),
        (_seeds(point), "warning" if point.diverged else "muted"),
        (mark, role),
    )


def interval_covers(points: Sequence[Point], name: Literal["validation", "train"]) -> str:
    """What the intervals of a set cover: "seeds", where some have no spread "seeds or rows"."""
    bands: list[Band | None] = [getattr(point, name) for point in points]
    found = Counter(band.covers for band in bands if band is not None and band.covers is not None)
    return " or ".join(covers for covers, _ in found.most_common())


def _seeds(point: Point) -> str:
    """How many seeds the figures are of, and how many have none: "2 of 5, 3 diverged"."""
    repeats = point.validation.repeats if point.validation is not None else 0
    if not point.diverged:
        return count(repeats)
    return (
        f"{count(repeats)} of {count(repeats + point.diverged)}, {count(point.diverged)} diverged"
    )


def point_text(picture: SweepPicture, point: Point) -> str:
    """The figures of one point in a line."""
    band, value = point.validation, picture.setting_at(point.value)
    if band is None:
        return f"{value}: {counted(point.diverged, 'seed')}, all diverged"
    seeds = f"{_seeds(point)} seeds" if point.diverged else counted(band.repeats, "seed")
    found = band_interval(band)
    spread = f"95 % interval {found}, {seeds}" if found else seeds
    accuracy = f"{picture.selection} {percent(band.mean)} ({spread})"
    training = f", {SETS['train']} {percent(point.train.mean)}" if point.train is not None else ""
    return f"{value}: {accuracy}{training}"


def points_blocks(record: RunRecord, state: RunState, brief: bool) -> Iterator[Block]:
    """The points as a table to be read, and while there is no result the best so far."""
    picture = picture_of(record, state)
    if picture is None:
        return
    rows = (point_cells(picture, point) for point in picture.points)
    yield cells_block("Points", point_columns(picture), rows, (repeats_note(picture),))
    if state.result is None:
        yield Block(lines=tuple(sweep_lines(record, state)))


def sweep_summary(record: RunRecord, state: RunState, result: SweepResult) -> Iterator[Block]:
    """The chosen value, and how its network does."""
    if picture := picture_of(record, state):
        yield Block("Result of the sweep", (chosen_line(picture), repeats_note(picture)))
    yield from scored_blocks(record, state, result)


def repeats_note(picture: SweepPicture) -> Line:
    """What the repeats vary, and so what the intervals leave out."""
    one_split = "another split may choose another value" if "one split" in picture.repeats else ""
    return muted(f"Each value: {picture.repeats}{one_split and f'; {one_split}'}.")


def chosen_line(picture: SweepPicture) -> Line:
    """Which value was chosen, and why."""
    point = picture.marked(picture.best)
    band = point.validation if point is not None else None
    accuracy = f" ({percent(band.mean)} {picture.selection})" if band is not None else ""
    if picture.chosen == picture.best:
        repeated = band is not None and band.repeats > 1
        why = f": the highest {'mean accuracy' if repeated else 'accuracy'}{accuracy}"
    else:
        best = clipped(show(picture.best), 30)
        why = f", the simplest within one standard error of the best, {best}{accuracy}"
    return line("Chosen: ", Span(picture.setting_at(picture.chosen), "accent"), f"{why}.")


def sweep_lines(record: RunRecord, state: RunState, width: int = 0) -> list[Line]:
    """The best value so far or the chosen one, and trainings without figures."""
    picture = picture_of(record, state)
    if picture is None:
        return []
    finished = isinstance(state.result, SweepResult)
    first = chosen_line(picture) if finished else _best_so_far(picture, record.live)
    return [first, *diverged_lines(state)]


def diverged_lines(state: RunState) -> list[Line]:
    """How many trainings have no figures, if there are any."""
    lost = sum(trial.status == "diverged" for trial in state.trials.values())
    text = f"{counted(lost, 'training')} diverged: no value with one of them is chosen."
    return [warning(text)] if lost else []


def _best_so_far(picture: SweepPicture, live: bool) -> Line:
    missing = "pending" if live else "without figures"
    total, pending = len(picture.values), len(picture.values) - len(picture.points)
    best = picture.marked(picture.best)
    if best is None or best.validation is None:
        if picture.diverged and not pending:
            return line(f"Each of {counted(total, 'value')} has a seed that diverged.")
        return line(f"{counted(total, 'value')} of {picture.label} {missing}.")
    more = f"; {count(pending)} of {counted(total, 'value')} {missing}" if pending else ""
    accuracy = f"{percent(best.validation.mean)} {picture.selection}"
    return line(f"Best so far: {picture.setting_at(best.value)}, {accuracy}{more}.")
