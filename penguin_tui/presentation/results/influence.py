"""Rows left out: labels that look wrong, and rows that teach most."""

from collections.abc import Iterator, Sequence

from engine.planning.influence import influence
from engine.results.influence import InfluenceResult, RowEffect, SuspectLabel
from engine.results.scores import Cell
from engine.results.statistics import Band
from engine.runs.state import RunState, Trial
from engine.specs.kinds.influence import MOST_LEFT_OUT_ALONE, InfluenceSpec
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted, warning
from penguin_tui.presentation.results.scores import LABEL, cell_text
from penguin_tui.presentation.text import clipped, count, counted, percent

# printed of each list; a table on screen has all that were kept
LISTED_ROWS = 10
# of a run that is under way more rows are told of at its end
MOST_LIVE_ROWS = MOST_LEFT_OUT_ALONE


def found_so_far(record: RunRecord, state: RunState) -> InfluenceResult | None:
    """Of the result, or of the whole repeats while there is none."""
    if isinstance(state.result, InfluenceResult):
        return state.result
    many = state.data is not None and state.data.split_rows.get("train", 0) > MOST_LIVE_ROWS
    spec = record.spec
    return _so_far(spec, state) if isinstance(spec, InfluenceSpec) and not many else None


# the repeats that were told of last, and what they say
_last: tuple[tuple[Trial, ...], InfluenceResult | None] = ((), None)


def _so_far(spec: InfluenceSpec, state: RunState) -> InfluenceResult | None:
    """What the whole repeats say: worked out once for each, not at every repaint.

    Of 5,000 rows it takes 0.2 s.
    """
    global _last
    whole = tuple(trial for trial in state.trials.values() if trial.status == "finished")
    known, found = _last
    if len(known) != len(whole) or any(a is not b for a, b in zip(known, whole, strict=True)):
        found = influence(spec, state)
        _last = whole, found
    return found


def labels_blocks(record: RunRecord, state: RunState, brief: bool) -> Iterator[Block]:
    """The labels that look wrong, the least probable first."""
    found = found_so_far(record, state)
    if found is None:
        return
    shown = found.suspects[:LISTED_ROWS] if brief else found.suspects
    names = () if brief or not shown else tuple(shown[0].values)
    yield Block(
        "Labels that look wrong",
        lines=tuple(_labels_lines(found, len(shown))),
        header=("row", "label", "looks like", "probability", "of its label", "repeats", *names),
        rows=tuple(_label_row(own, found.repeats, names) for own in shown),
        left=3,
    )


def _labels_lines(found: InfluenceResult, shown: int) -> Iterator[Line]:
    more = f", {count(shown)} of them listed" if shown < found.suspected else ""
    yield line(
        Span(counted(found.suspected, "label"), "strong"),
        f" of {counted(found.rows, 'training row')} {'looks' if found.suspected == 1 else 'look'}"
        f" wrong to networks that have not learnt from the row{more}.",
    )
    yield muted(
        f"By chance {found.expected:.1f}: if each label were drawn with the networks' own"
        " probabilities, in which noise counts that they have learnt."
    )


def _label_row(own: SuspectLabel, repeats: int, names: tuple[str, ...]) -> tuple[str, ...]:
    return (
        count(own.row),
        clipped(own.label, LABEL),
        clipped(own.looks_like, LABEL),
        percent(own.other),
        percent(own.probability),
        f"{own.agree} of {repeats}",
        *_cells(own.values, names),
    )


def teaching_blocks(record: RunRecord, state: RunState, brief: bool) -> Iterator[Block]:
    """The rows without which the network is worse, then those without which it is better."""
    found = found_so_far(record, state)
    if found is None:
        return
    taught = found.teaching[:LISTED_ROWS] if brief else found.teaching
    misled = found.misleading[:LISTED_ROWS] if brief else found.misleading
    rows = (*taught, *reversed(misled)) if not brief else (*taught, *misled)
    names = () if brief or not rows else tuple(rows[0].values)
    yield Block(
        "Rows that teach most, and rows that mislead",
        lines=tuple(_teaching_lines(found)),
        header=("row", "label", "validation loss rises by", "", *names),
        rows=tuple(_effect_row(own, found.chance, names) for own in rows),
        left=2,
    )


def _teaching_lines(found: InfluenceResult) -> Iterator[Line]:
    parts = "Each row" if found.left_out == "rows" else f"Each of {found.groups} folds"
    yield line(
        f"{parts} left out {counted(found.repeats, 'time')}, with another seed each time; rises of"
        " the validation log loss in thousandths, below 0 the row misleads."
    )
    if found.left_out == "folds":
        yield warning(
            "Rows are left out with others of their fold: what is of a row is told by the repeats"
            " together."
        )
    if found.chance is not None:
        beyond = sum(abs(own.rise.mean) > found.chance for own in _effects(found))
        yield muted(
            f"Chance: the largest effect passes {1000 * found.chance:.1f} in one run of twenty when"
            f" they are dealt out at random; {counted(beyond, 'row')}"
            f" {'lies' if beyond == 1 else 'lie'} beyond."
        )


def _effects(found: InfluenceResult) -> tuple[RowEffect, ...]:
    return (*found.teaching, *found.misleading)


def _effect_row(own: RowEffect, chance: float | None, names: tuple[str, ...]) -> tuple[str, ...]:
    beyond = chance is not None and abs(own.rise.mean) > chance
    return (
        count(own.row),
        clipped(own.label, LABEL),
        _rise(own.rise),
        "beyond chance" if beyond else "",
        *_cells(own.values, names),
    )


def _rise(value: Band) -> str:
    mean = f"{1000 * value.mean:+.2f}"
    if value.low is None or value.high is None:
        return mean
    return f"{mean} ({1000 * value.low:+.2f} to {1000 * value.high:+.2f})"


def _cells(values: dict[str, Cell], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell_text(values.get(name)) for name in names)


def influence_lines(record: RunRecord, state: RunState, width: int) -> list[Line]:
    """How many labels look wrong, and the row that teaches most."""
    found = found_so_far(record, state)
    if found is None:
        return []
    most = f"; row {count(found.teaching[0].row)} teaches most" if found.teaching else ""
    return [line("Labels that look wrong: ", Span(count(found.suspected), "strong"), most)]


def influence_workload(spec: InfluenceSpec) -> Block:
    """What the form comes to: how many trainings depends on the rows."""
    return Block(
        "Workload",
        (
            line(Span(f"{counted(spec.repeats, 'training')} for each training row", "strong")),
            muted(
                f"Of more than {count(MOST_LEFT_OUT_ALONE)} rows: {spec.repeats} ×"
                f" {counted(spec.folds, 'fold')}."
            ),
        ),
    )
