"""Data leakage, shown on purpose: how much each leak flatters, as bars and in words."""

from collections.abc import Sequence

from engine.planning.leaks import leak_effects
from engine.results.leaks import LEAKS, LeakEffect, LeaksResult, absent
from engine.runs.state import RunState
from engine.specs.kinds.leaks import LeaksSpec
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, Span, aligned, line, muted
from penguin_tui.presentation.results.evaluation import accuracy, difference
from penguin_tui.presentation.results.interval_bar import BarScale
from penguin_tui.presentation.text import counted

# cells of a bar; without any spread it reaches a percentage point
BAR, LEAST = 48, 0.01


def effects_so_far(record: RunRecord, state: RunState) -> tuple[LeakEffect, ...]:
    """Of the result, or of the splits while there is none."""
    if isinstance(state.result, LeaksResult):
        return state.result.leaks
    return leak_effects(record.spec, state) if isinstance(record.spec, LeaksSpec) else ()


def leaks_blocks(record: RunRecord, state: RunState, brief: bool) -> list[Block]:
    """Bars, the accuracies behind them, what each leak is, and what `as_published` has of them."""
    found = effects_so_far(record, state)
    if not found:
        return []
    splits = max(one.flatters.repeats for one in found)
    return [_bars(found, splits), _accuracies(found), _published(found), _meant(found)]


def _bars(found: Sequence[LeakEffect], splits: int) -> Block:
    texts = aligned([(LEAKS[one.name].label, difference(one.flatters)) for one in found], 2)
    scale = BarScale.of([one.flatters for one in found], BAR, LEAST)
    lines: list[Line] = []
    for text, one in zip(texts, found, strict=True):
        lines += [line(text), line("  ", Span(scale.bar(one.flatters), "accent"))]
    ends = f"{100 * scale.low:+.1f}".ljust(BAR - 6) + f"{100 * scale.high:+.1f}".rjust(6)
    notes = (
        muted(f"  {ends}"),
        muted(
            f"Test accuracy with the leak less that without, in percentage points, over"
            f" {counted(splits, 'split')}; in brackets: 95 % interval."
        ),
        muted("The test set of each split is out of the training and validation rows."),
    )
    return Block("How much each leak flatters, pp", tuple(lines), notes=notes)


def _accuracies(found: Sequence[LeakEffect]) -> Block:
    rows = tuple((LEAKS[one.name].label, accuracy(one.honest), accuracy(one.leaking))
                 for one in found)  # fmt: skip
    return Block("Test accuracy", header=("leak", "without it", "with it"), rows=rows)


def _meant(found: tuple[LeakEffect, ...]) -> Block:
    """What is done wrong and what instead, and why a leak is not shown."""
    lines = [
        line(f"{LEAKS[one.name].label}: ", Span(LEAKS[one.name].leaking, "strong"),
             f"; without the leak {LEAKS[one.name].honest}.")
        for one in found
    ]  # fmt: skip
    lines += [muted(f"{info.label}: not on these data, {info.absent}.") for info in absent(found)]
    return Block("What each leak is", tuple(lines))


def _published(found: Sequence[LeakEffect]) -> Block:
    """The protocol `as_published` in the terms of these leaks."""
    own = [one for one in found if LEAKS[one.name].published]
    if not own:
        return Block()
    lines = [
        line("as_published, the post's way, has these at once; alone each flatters by:"),
        *(
            line(f"  {LEAKS[one.name].label} ", Span(f"{difference(one.flatters)} pp", "strong"))
            for one in own
        ),
        muted("It scales the test set by the range of the test rows."),
    ]
    return Block("as_published", tuple(lines))


def leaks_lines(record: RunRecord, state: RunState, width: int) -> list[Line]:
    """The leak that flatters most."""
    found = effects_so_far(record, state)
    if not found:
        return []
    most = max(found, key=lambda one: one.flatters.mean)
    shown = Span(f"{difference(most.flatters)} pp", "strong")
    return [line(f"Flatters most: {LEAKS[most.name].label} ", shown)]
