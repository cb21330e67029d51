"""What is told of the trainings of a sweep."""

from engine.runs.events import Event, TrialEnded, TrialStarted
from engine.runs.state import RunState, fold
from penguin_tui.presentation.blocks import plain
from penguin_tui.presentation.sweep import diverged_lines
from tests.support.stored_runs import NOW


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
