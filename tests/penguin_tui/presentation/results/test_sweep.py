"""What is told of the trainings of a sweep."""

from typing import Any

import pytest

from engine.kinds import make_spec
from engine.runs.events import Event, TrialEnded, TrialStarted
from engine.runs.state import RunState, fold
from penguin_tui.presentation.blocks import plain
from penguin_tui.presentation.results.sweep import diverged_lines, repeats_text
from tests.support.stored.runs import NOW
from tests.support.stored.sweeps import SWEEP


def test_trainings_that_diverged_are_counted() -> None:
    events: list[Event] = []
    for number, status in enumerate(("finished", "diverged", "diverged")):
        events += [
            TrialStarted(at=NOW, trial=number, settings={"units": 10, "seed": number}, epochs=5),
            TrialEnded(at=NOW, trial=number, status=status, epochs=5),
        ]
    [line] = diverged_lines(fold(RunState(), events))
    assert "2 trainings diverged" in plain(line)
    assert diverged_lines(fold(RunState(), events[:2])) == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "5 seeds on one split"),
        ({"repeats": 1}, "1 seed on one split"),
        ({"repeats": 7, "repeats_over": "splits"}, "7 splits and seeds"),
    ],
)
def test_a_sweep_says_whether_its_repeats_share_a_split(fields: dict[str, Any], text: str) -> None:
    assert repeats_text(make_spec("sweep", SWEEP | fields)) == text
