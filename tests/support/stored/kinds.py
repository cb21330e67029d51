"""A stored run of every kind."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.results.reference import PARTS
from engine.results.search import PartRow, ReproduceResult
from engine.results.statistics import Band, accuracy_band
from engine.runs.events import Ended, Event, Finished
from tests.support.stored.curves import CURVE, curve_events
from tests.support.stored.descriptions import penguins
from tests.support.stored.evaluations import EVALUATION, evaluation_events
from tests.support.stored.hyperband import HYPERBAND, hyperband_events
from tests.support.stored.influence import INFLUENCE, influence_events
from tests.support.stored.leaks import LEAKAGE, leaks_events
from tests.support.stored.runs import NOW, baseline_events, train_events
from tests.support.stored.searches import GRID, RANDOM, search_events
from tests.support.stored.sweeps import SWEEP, sweep_events


def over_splits(*accuracies: float) -> Band:
    return accuracy_band(accuracies, 69, 69 / 206)


def reproduction() -> list[Event]:
    row = PartRow(
        part=PARTS[0].name, published_train=0.978, published_test=0.971, published_text="",
        as_published_train=over_splits(0.97, 0.98), as_published_test=over_splits(0.95, 0.97),
        as_published_low=0.95, as_published_high=0.97, strict_validation=over_splits(0.96, 0.97),
        strict_test=over_splits(0.94, 0.98), verdict="undecided",
    )  # fmt: skip
    result = ReproduceResult(rows=(row,), conclusion="Undecided.", difference=None, report="")
    return [Finished(result=result), Ended(at=NOW - 5, status="finished")]


@dataclass(frozen=True)
class Case:
    """A stored run of a kind: its events and its settings."""

    events: Callable[[], list[Event]]
    fields: dict[str, Any] = field(default_factory=dict)


CASES = {
    "describe": Case(lambda: [Finished(result=penguins()), Ended(at=NOW - 5, status="finished")]),
    "baseline": Case(baseline_events),
    "train": Case(lambda: train_events(20, 20), {"epochs": 20, "dropout": 0.2}),
    "sweep": Case(sweep_events, SWEEP),
    "random_search": Case(lambda: search_events(outer=5), RANDOM),
    "grid_search": Case(search_events, GRID),
    "hyperband": Case(hyperband_events, HYPERBAND),
    "evaluate": Case(evaluation_events, EVALUATION),
    "learning_curve": Case(curve_events, CURVE),
    "leaks": Case(leaks_events, LEAKAGE),
    "influence": Case(influence_events, INFLUENCE),
    "reproduce": Case(reproduction),
}
