"""A trial of an interrupted run comes back as it ended, or is still to be done."""

from typing import Any

import pytest

from engine.jobs.trials.progress import TrialProgress
from engine.runs.events import Event, event_from_json, event_to_json
from engine.runs.state import RunState, fold


def ended(**changed: Any) -> TrialProgress:
    """A trial of two folds that has finished."""
    trial = TrialProgress(3, {"units": 8}, epochs_planned=5, group="bracket 1", parent=1)
    trial.status, trial.epochs = "finished", 10
    trial.train, trial.validation = {1: 0.9, 0: 0.8}, {0: 0.7, 1: 0.75}
    trial.used = {0: {"epochs": 5, "steps": 50, "learning_rate": 0.1, "hidden_layers": [8]}}
    for name, value in changed.items():
        setattr(trial, name, value)
    return trial


def stored(trial: TrialProgress) -> RunState:
    """The state of a run that has reported the trial and was read from its store."""
    events: list[Event] = [trial.start_event(), trial.end_event()]
    return fold(RunState(), [event_from_json(event_to_json(event)) for event in events])


def test_scores_settings_and_epochs_come_back() -> None:
    trial = ended()
    fresh = TrialProgress(3, {"units": 8}, 5, "bracket 1", 1)
    back = fresh.restored(stored(trial), folds=2)
    assert back is not None
    assert back.scores == {"train": (0.8, 0.9), "validation": (0.7, 0.75)}
    assert back.mean == trial.mean
    assert back.epochs == 10
    assert back.chosen() == trial.chosen()
    assert back.end_event().scores == trial.end_event().scores
    assert fresh.status == "running"


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "stopped"},
        {"status": "running"},
        {"settings": {"units": 9}},
        {"group": "bracket 0"},
        {"parent": None},
        {"validation": {0: 0.7}},
    ],
    ids=lambda changed: "-".join(f"{name}={value}" for name, value in changed.items()),
)
def test_a_trial_that_is_not_the_same_or_not_done_is_done_again(changed: dict[str, Any]) -> None:
    fresh = TrialProgress(3, {"units": 8}, 5, "bracket 1", 1)
    assert fresh.restored(stored(ended(**changed)), folds=2) is None


def test_a_trial_that_diverged_has_no_scores_and_is_not_done_again() -> None:
    fresh = TrialProgress(3, {"units": 8}, 5, "bracket 1", 1)
    back = fresh.restored(stored(ended(status="diverged")), folds=2)
    assert back is not None
    assert back.status == "diverged"
    assert back.scores == {}
