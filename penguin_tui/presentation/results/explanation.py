"""Which columns a run's predictions rest on: importance, correlated columns, dependence on one."""

from collections.abc import Iterator

from engine.results.explanation import ColumnImportance, Dependence, Explanation
from penguin_tui.presentation.blocks import Block, Line, line, muted, warning
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.results.evaluation import difference
from penguin_tui.presentation.results.interval_bar import BarScale
from penguin_tui.presentation.text import clipped, count, counted, percent

NOT_YET = "Importance is measured when the run has finished: it keeps its network then."
LABEL, BAR = 30, 32
# on a scale that reaches a percentage point at least
LEAST = 0.01
# pairs that are named
PAIRS = 6
COLUMNS = (
    Column("name", "column", 0, most=LABEL, least=12),
    Column("fall", "accuracy falls by, pp", 24, right=True),
    Column("bar", "", BAR, rank=1),
)


def head_lines(found: Explanation) -> list[Line]:
    """What was done, and on which rows."""
    some = f" of {count(found.of_rows)}, drawn at random" if found.rows < found.of_rows else ""
    return [
        line(
            f"Each column permuted {counted(found.repeats, 'time')} in"
            f" {counted(found.rows, 'validation row')}{some} (accuracy {percent(found.accuracy)});"
            " in brackets: 95 % over rows."
        )
    ]


def correlated_lines(found: Explanation) -> Iterator[Line]:
    """Which columns stand for each other, so that one alone seems to matter less."""
    for pair in found.correlated[:PAIRS]:
        first, second = clipped(pair.first, LABEL), clipped(pair.second, LABEL)
        yield warning(f"{first} and {second} are correlated: {pair.correlation:.2f}")
    if found.correlated:
        more = len(found.correlated) - PAIRS
        also = f" ({counted(more, 'more pair')})" if more > 0 else ""
        yield muted(f"  Each may stand for the other, so that both seem to matter less{also}.")
    if found.correlations_of:
        yield muted(found.correlations_of)


def bar_scale(found: Explanation) -> BarScale:
    """The scale of all bars."""
    return BarScale.of([own.fall for own in found.columns], BAR, LEAST)


def importance_cells(scale: BarScale, own: ColumnImportance) -> tuple[Cell, ...]:
    """A cell for each of `COLUMNS`."""
    return (
        (clipped(own.name, LABEL), ""),
        (difference(own.fall), ""),
        (scale.bar(own.fall).ljust(BAR), "accent"),
    )


def explanation_blocks(found: Explanation) -> Iterator[Block]:
    """All of it, to be read at once."""
    scale = bar_scale(found)
    cells = [importance_cells(scale, own) for own in found.columns]
    yield Block(
        "Feature importance",
        header=tuple(column.title for column in COLUMNS),
        rows=tuple(tuple(text for text, _ in row) for row in cells),
        notes=(*head_lines(found), *correlated_lines(found)),
    )


def dependence_title(found: Dependence, place: int) -> str:
    """The title of the chart for the class at `place` of those that are shown."""
    own = found.classes[place]
    return f"Probability of {clipped(own.label, LABEL)} over {clipped(found.name, LABEL)}"


def dependence_at(found: Dependence, place: int, at: int) -> str:
    """What the grid value at `at` has come to for a class."""
    own = found.classes[place]
    singles = [curve[at] for curve in own.individual]
    span = f"; single rows {percent(min(singles))} to {percent(max(singles))}" if singles else ""
    return f"{clipped(found.grid[at], LABEL)}: {percent(own.average[at])} on average{span}"
