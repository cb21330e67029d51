"""What an accuracy is read against: the majority class, and the baseline.

Both are of the validation set, the majority class of the training set where there is no other.
"""

from typing import NamedTuple

from engine.results.scores import Scored
from engine.runs.state import RunState
from engine.specs.network import NetworkSpec
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Line, muted
from penguin_tui.presentation.text import percent
from penguin_tui.presentation.words import BASELINE, MAJORITY, published

RUN_BASELINE = "no baseline on this split: run the baseline"


class Reference(NamedTuple):
    """An accuracy to compare with, a fraction."""

    name: str
    accuracy: float


def references(record: RunRecord, state: RunState) -> tuple[Reference, ...]:
    """Those that are known of a run; beside a baseline itself there is none but the majority."""
    majority = majority_accuracy(record, state)
    if majority is None:
        return ()
    found = [Reference(MAJORITY, majority)]
    if _compared(record) and record.baseline_accuracy is not None:
        found.append(Reference(BASELINE, record.baseline_accuracy))
    return tuple(found)


def majority_accuracy(record: RunRecord, state: RunState) -> float | None:
    """The accuracy of always guessing the most frequent class, as soon as the data are read."""
    if record.majority_accuracy is not None:
        return record.majority_accuracy
    if isinstance(state.result, Scored):
        scores = state.result.scores
        return (scores.validation or scores.train).majority_accuracy
    return state.data.majority_accuracy if state.data is not None else None


def reference_lines(record: RunRecord, state: RunState) -> list[Line]:
    """They in a line, or how to get the one that is missing."""
    found = references(record, state)
    if not found:
        return []
    shown = [f"{one.name} {percent(one.accuracy)}" for one in found]
    if len(found) > 1:
        shown[-1] += " (validation)"
    elif _compared(record) and not published(record):
        # as published a baseline has no validation set
        shown.append(RUN_BASELINE)
    return [muted(" · ".join(shown))]


def _compared(record: RunRecord) -> bool:
    return record.unreadable is None and isinstance(record.spec, NetworkSpec)
