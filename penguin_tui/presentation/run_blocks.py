"""A run to be read at once: its head, its summary, and what the tabs show on screen."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.environment import clock
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, line, muted, warning
from penguin_tui.presentation.kinds import SUMMARY, view_of
from penguin_tui.presentation.progress import progress_line
from penguin_tui.presentation.references import reference_lines
from penguin_tui.presentation.run_head import (
    ended_line,
    reason_lines,
    resumes_from,
    title,
    warning_lines,
)
from penguin_tui.presentation.run_summary import summary_blocks
from penguin_tui.presentation.words import LEAK_SHOWN, leaks_shown

if TYPE_CHECKING:
    from engine.client.process import EngineStatus


def run_blocks(
    record: RunRecord,
    state: RunState,
    engine: "EngineStatus | None" = None,
    *,
    summary_first: bool = False,
) -> Iterator[Block]:
    """Everything about a run that a person reads without looking it up: what its tabs show.

    In a terminal the last lines are seen first, so that the summary stands behind the trials; on
    paper it is the other way round.
    """
    now = clock.now()
    yield _head(record, state, now, engine)
    tabs = view_of(record.kind).tabs
    for tab in sorted(tabs, key=lambda tab: summary_first and tab is not SUMMARY):
        yield from tab.blocks(record, state, True)
        if tab is SUMMARY:
            yield from summary_blocks(record, state, now)


def _head(record: RunRecord, state: RunState, now: float, engine: "EngineStatus | None") -> Block:
    if record.live:
        first = [line(f"{title(record)}: {record.status}")]
        first.append(line(progress_line(record, state, now, engine)))
        if record.status == "paused":
            first.append(muted(resumes_from(state)))
    else:
        ended = line(f"{title(record)}: ", *ended_line(record, state))
        first = [ended, *reason_lines(record, state)]
    marks = [warning(LEAK_SHOWN)] if leaks_shown(record) else []
    return Block(lines=(*first, *marks, *reference_lines(record, state), *warning_lines(state)))
