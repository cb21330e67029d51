"""What `run` and `show` print of a run: its head, its summary, and what the tabs show on screen."""

import time
from collections.abc import Iterator

from engine.kinds import label_of
from engine.results.describe import DescribeResult
from engine.results.scores import BaselineResult, Scored
from engine.results.search import ReproduceResult
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, line, muted
from penguin_tui.presentation.data_report import data_report
from penguin_tui.presentation.network import coefficients_block, layers_block
from penguin_tui.presentation.progress import progress_line
from penguin_tui.presentation.reproduction import reproduction_blocks
from penguin_tui.presentation.run_head import ended_line, reason_lines, title, warning_lines
from penguin_tui.presentation.run_summary import summary_blocks
from penguin_tui.presentation.scores import MATRIX_CLASSES, confusion_blocks, misclassified_block
from penguin_tui.presentation.sweep import picture_of, points_block, sweep_lines
from penguin_tui.presentation.trials import trials_block
from penguin_tui.presentation.words import trial_noun

LISTED_LAYERS, LISTED_FEATURES, LISTED_ROWS = 30, 40, 10


def run_blocks(record: RunRecord, state: RunState) -> Iterator[Block]:
    """Everything about a run that a person reads without looking it up."""
    now = time.time()
    yield _head(record, state, now)
    yield from _trials(record, state)
    yield from summary_blocks(record, state, now)
    result = state.result
    if isinstance(result, DescribeResult):
        yield from data_report(result)
    if isinstance(result, ReproduceResult) or record.kind == "reproduce":
        yield from reproduction_blocks(state)
    if isinstance(result, Scored):
        yield from confusion_blocks(result.confusion)
    yield layers_block(state, LISTED_LAYERS)
    if isinstance(result, BaselineResult) and len(result.coefficients) <= MATRIX_CLASSES:
        yield coefficients_block(result, LISTED_FEATURES)
    if isinstance(result, Scored):
        yield misclassified_block(result, LISTED_ROWS, values=False)
        if len(result.misclassified) > LISTED_ROWS:
            command = f"penguin-tui export {record.id} --misclassified FILE.csv"
            yield Block(lines=(muted(f"All that were kept: {command}"),))


def _head(record: RunRecord, state: RunState, now: float) -> Block:
    kind = label_of(record.kind)
    if record.live:
        first = [line(f"{title(record)}: {kind}, {record.status}")]
        first.append(line(progress_line(record, state, now)))
    else:
        first = [ended_line(record, state, kind), *reason_lines(record, state)]
    return Block(lines=(*first, *warning_lines(state)))


def _trials(record: RunRecord, state: RunState) -> Iterator[Block]:
    picture = picture_of(record, state)
    if picture is not None:
        yield points_block(picture)
        if state.result is None:
            yield Block(lines=tuple(sweep_lines(record, state)))
    elif trial_noun(record) == "trial":
        yield trials_block(record, state)
