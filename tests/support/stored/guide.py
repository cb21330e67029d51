"""For each question of the guide a run of which one can see what is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.results.search import Point, SweepResult
from engine.results.statistics import Band
from engine.runs.events import (
    Ended,
    EpochBlock,
    Event,
    Finished,
    TrialEnded,
    TrialStarted,
)
from tests.support.stored.evaluations import EVALUATION, evaluation_events
from tests.support.stored.hyperband import HYPERBAND, hyperband_events
from tests.support.stored.runs import NOW, baseline_events, epochs, train_events
from tests.support.stored.searches import GRID, RANDOM
from tests.support.stored.trainings import CHOSEN


@dataclass(frozen=True)
class Answered:
    """A finished run, what is right of it, and what is wrong; of the data there is no run."""

    step: str
    right: str
    wrong: str
    kind: str = ""
    fields: dict[str, Any] | None = None
    events: Sequence[Event] = ()


def _band(mean: float, low: float, high: float) -> Band:
    return Band(mean=mean, low=low, high=high, covers="seeds", std=0.01, repeats=5)


def _sweep() -> list[Event]:
    """Three values, of which the first two cannot be told apart."""
    means = {10: (0.90, 0.85, 0.95), 20: (0.95, 0.93, 0.97), 30: (0.7, 0.6, 0.8)}
    points = tuple(
        Point(value=value, train=None, validation=_band(*ends)) for value, ends in means.items()
    )
    result = SweepResult(**CHOSEN, setting="units", points=points, best=20, chosen=10)
    return [Finished(result=result), Ended(at=NOW, status="finished")]


def _trials() -> list[Event]:
    """Three trials; one standard error of the best is 0.58 pp, the second 0.33 pp below it."""
    folds = ((0.98, 0.96, 0.97), (0.97, 0.96, 0.97), (0.90, 0.90, 0.90))
    events: list[Event] = []
    for trial, scores in enumerate(folds):
        events += [
            TrialStarted(at=NOW, trial=trial, settings={"batch_size": 8}, epochs=10),
            TrialEnded(at=NOW, trial=trial, status="finished", scores={"validation": scores}),
        ]
    return [*events, Ended(at=NOW, status="finished")]


def _at_rate(rate: float) -> list[Event]:
    """Ten epochs, all at one learning rate."""
    events = train_events(10, 10)
    return [epochs(10, rate=rate) if isinstance(e, EpochBlock) else e for e in events]


STEP_DECAY = {
    "epochs": 10, "learning_rate": 0.2, "schedule": {"name": "step_decay"},
}  # fmt: skip
STOPPING = {"epochs": 20, "early_stopping": {"patience": 3, "restore_best": False}}
VARIED = {"vary": {"units": {"values": [10, 20, 30]}}}
# the penguins: 152 of 344 are Adelie; the test set of the stored baseline has 68 rows
ANSWERED = (
    Answered("load", "44.2 %", "36"),
    Answered("look", "flipper", "body_mass_g"),
    Answered("prepare", "4", "6"),
    Answered("baseline", "1.47", "1", "baseline", {}, baseline_events()),
    Answered("layers", "11,103", "11,100", "train", {}, train_events(20, 20)),
    Answered("experiments", "2", "1", "sweep", VARIED, _sweep()),
    Answered("schedules", "25", "200", "train", STEP_DECAY, _at_rate(0.025)),
    Answered("overfitting", "11", "8", "train", STOPPING, train_events(11, 20)),
    Answered("random", "2", "1", "random_search", RANDOM, _trials()),
    Answered("grid", "13", "12", "grid_search", GRID, [Ended(at=NOW, status="finished")]),
    Answered("hyperband", "8", "4", "hyperband", HYPERBAND, hyperband_events()),
    Answered("conclusion", "undecided", "better", "evaluate", EVALUATION, evaluation_events()),
)
