"""Nested cross-validation: what a search claims, what it is worth, and which values won."""

from collections.abc import Iterator
from typing import Any

from engine.planning.evaluation import pool_rows
from engine.planning.nested import nested_of
from engine.results.nested import Nested
from engine.results.search import SearchResult
from engine.results.statistics import Band
from engine.runs.state import RunState
from engine.specs.kinds.searches import SearchSpec
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted
from penguin_tui.presentation.results.evaluation import ROOMY, difference
from penguin_tui.presentation.results.trials import settings_text, value_text
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import band, counted, percent

WAITING = "Shown when the search has been repeated on a first outer fold."
CLAIMS, WORTH, OPTIMISM = "the search claims", "it is worth", "optimism"


def nested_so_far(record: RunRecord, state: RunState) -> Nested | None:
    """Of the result, or of the outer folds while there is none."""
    if isinstance(state.result, SearchResult):
        return state.result.nested
    spec = record.spec
    if not isinstance(spec, SearchSpec):
        return None
    return nested_of(state.outer_folds, spec.outer_folds, pool_rows(state))


def nested_blocks(record: RunRecord, state: RunState, brief: bool) -> list[Block]:
    """The three figures, how often each value won, and the outer folds one by one."""
    found = nested_so_far(record, state)
    if found is not None:
        return [_figures(found), _wins(found), _folds(found)]
    waits = record.live and isinstance(record.spec, SearchSpec) and record.spec.outer_folds
    return [Block("Nested cross-validation", (muted(WAITING),))] if waits else []


def _figures(found: Nested) -> Block:
    rows = (
        (f"{CLAIMS} (selection score)", band(found.inner)),
        (f"{WORTH} (outer score)", band(found.outer)),
        (OPTIMISM, _points(found.optimism)),
    )
    done = counted(len(found.folds), "outer fold")
    of = f" of {found.planned}" if len(found.folds) < found.planned else ""
    notes = (
        muted(f"Means over {done}{of}: on the other rows the whole search was repeated."),
        muted(
            "In brackets: 95 % interval and what it covers. Optimism: the claim less the worth, in"
            " percentage points (pp). The test set stays held out."
        ),
    )
    return Block("Nested cross-validation", rows=rows, left=2, notes=notes)


def _points(value: Band) -> str:
    """A difference as "+2.2 pp (-2.2 to +6.6)"."""
    mean, _, interval = difference(value).partition(" ")
    return f"{mean} pp {interval}"


def _wins(found: Nested) -> Block:
    folds = len(found.folds)
    rows = tuple(
        (setting_label(name), ", ".join(_won(values, folds))) for name, values in found.wins.items()
    )
    return Block("How often each value won", rows=rows, left=2)


def _won(values: list[tuple[Any, int]], folds: int) -> Iterator[str]:
    for value, times in values:
        shown = value_text(list(value) if isinstance(value, tuple) else value)
        yield f"{shown} ({times} of {folds})"


def _folds(found: Nested) -> Block:
    rows = tuple(
        (
            f"{fold.number + 1}",
            percent(fold.inner),
            percent(fold.outer),
            settings_text(fold.settings, 60),
        )
        for fold in found.folds
    )
    return Block("Outer folds", header=("fold", "claims", "worth", "won"), rows=rows, left=4)


def nested_line(result: SearchResult, width: int) -> list[Line]:
    """The three figures in a line of `width` cells; none without outer folds."""
    found = result.nested
    if found is None:
        return []
    worth = Span(percent(found.outer.mean), "strong")
    folds = f" over {counted(len(found.folds), 'outer fold')}" if width >= ROOMY else ""
    tail = f"{folds}, {OPTIMISM} {_points(found.optimism)}"
    return [line(f"Nested: claims {percent(found.inner.mean)}, is worth ", worth, tail)]
