"""Runs side by side as the Compare screen has them: against a reference, and in groups."""

from collections.abc import Iterator, Mapping, Sequence

from engine.comparison.comparison import Comparison
from engine.comparison.groups import ALL, Group, also_differ
from engine.comparison.outcome import Outcome
from engine.comparison.pairs import Pair
from engine.kinds import label_of
from engine.results.scores import SCORES
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted
from penguin_tui.presentation.comparison.report import (
    LISTED,
    directions,
    p_text,
    pairs_block,
    score_cells,
    score_notes,
    setting_title,
    setting_value,
    verdict,
)
from penguin_tui.presentation.results.evaluation import difference
from penguin_tui.presentation.results.scores import LABEL
from penguin_tui.presentation.text import NOTHING, band, clipped, count, counted
from penguin_tui.presentation.words import ROWS_95

# of a run's name
SHORT = 16


def beside_reference(
    found: Comparison, reference: int, signs: Mapping[int, str]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Titles and a row for each run: scores, the difference to `reference`, settings that differ.

    Before its number a run has the sign that its curve has in the charts.
    """
    other_scores = tuple(info for info in SCORES if not info.interval)
    header = (
        "run", "name", f"accuracy, {ROWS_95}", f"pp to {reference}", "verdict",
        *map(setting_title, found.settings), *(info.label for info in other_scores), "status",
        "test accuracy",
    )  # fmt: skip
    return header, tuple(_beside(found, one, reference, signs) for one in found.outcomes)


def _beside(
    found: Comparison, one: Outcome, reference: int, signs: Mapping[int, str]
) -> tuple[str, ...]:
    _, _, accuracy, *others, test = score_cells(one)
    name = one.record.name or label_of(one.record.kind, short=True)
    told = ("", "reference")
    if one.run != reference:
        pair = found.pair(one.run, reference)
        told = ("not paired", NOTHING) if pair.why_not else (
            difference(pair.difference), verdict(pair)
        )  # fmt: skip
    settings = (
        setting_value(setting, values[one.run]) if one.run in values else NOTHING
        for setting, values in found.settings.items()
    )
    return (
        f"{signs[one.run]} {one.run}", clipped(name, SHORT), accuracy, *told, *settings, *others,
        one.record.status, test,
    )  # fmt: skip


def pane_blocks(found: Comparison, run: int, reference: int) -> Iterator[Block]:
    """The run beside the reference, row by row, then every two of the runs.

    The reference itself has nothing beside it: the first of the others stands in for it.
    """
    if run == reference:
        run = next(one.run for one in found.outcomes if one.run != reference)
    pair = found.pair(run, reference)
    yield Block(f"Run {run} against run {reference}", lines=tuple(_told(pair)))
    yield _disagreements(found, pair)
    yield pairs_block(found)
    yield Block(notes=tuple(score_notes(found.outcomes)))


def _told(pair: Pair) -> Iterator[Line]:
    if pair.why_not:
        yield line(f"Not paired: {pair.why_not}.")
        return
    yield line(
        Span(verdict(pair), "strong"), f" · {difference(pair.difference)} pp",
        f" · p = {p_text(pair.p)}" if pair.p is not None else "",
        f" · {counted(pair.rows, 'validation row')}" if pair.rows is not None else "",
    )  # fmt: skip


def _disagreements(found: Comparison, pair: Pair) -> Block:
    """The rows that only one of the two gets right, with what each says."""
    rows, more = [], 0
    for right, wrong, numbers in directions(pair):
        more += max(0, len(numbers) - LISTED)
        for number in numbers[:LISTED]:
            miss = found.outcome(wrong).misses.get(number)
            actual = clipped(miss.actual, LABEL) if miss else NOTHING
            said = clipped(miss.predicted, LABEL) if miss else "wrong"
            says = {right: f"{actual} ✓" if miss else "right", wrong: said}
            rows.append((count(number), actual, says[pair.a], says[pair.b]))
    if not rows:
        return Block()
    note = f"{counted(more, 'more row')}: penguin-tui compare {pair.a} {pair.b} --json"
    return Block(
        "Rows only one gets right",
        header=("row", "actual", f"run {pair.a} says", f"run {pair.b} says"),
        rows=tuple(rows), left=4, notes=(muted(note),) if more else (),
    )  # fmt: skip


# -- groups ---------------------------------------------------------------------------------------


def group_label(setting: str, group: Group) -> str:
    """A group by its value: "dropout 0.3", "all runs"."""
    name = "" if setting == ALL else f"{setting_title(setting)} "
    return name + group_value(setting, group)


def group_value(setting: str, group: Group) -> str:
    """The same where there is little room: "0.3"."""
    return "all runs" if setting == ALL else setting_value(setting, group.value)


def groups_block(found: Comparison, setting: str, groups: Sequence[Group]) -> Block:
    """A line for each group: its runs, its mean validation accuracy and the interval of that."""
    rows = tuple(
        (
            group_label(setting, group),
            ", ".join(str(one.run) for one in group.outcomes),
            band(group.accuracy),
        )
        for group in groups
    )
    others = ", ".join(map(setting_title, also_differ(found, groups, setting)))
    told = "Interval over the runs of a group, as if they differed by chance alone"
    told += f"; they also differ in {others}." if others else "."
    several = any(len(group.outcomes) > 1 for group in groups)
    return Block(
        header=("group", "runs", "mean validation accuracy, 95 %"),
        rows=rows, left=2, notes=(muted(told),) if several else (),
    )  # fmt: skip
