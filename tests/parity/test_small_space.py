"""Keras Tuner's Hyperband over fewer different trials than its brackets would draw."""

from pathlib import Path
from typing import Any

import pytest

from engine.keras_adapter.keras_tuner import Hyperband
from engine.kinds import make_spec
from engine.specs.hyperband_schedule import Rung, rungs

Call = tuple[int, dict[str, Any], Rung, int | None]


def searched(units: list[int], folder: Path) -> list[Call]:
    """The trials that a search with ten epochs at most asks for; more units score higher."""
    spec: Any = make_spec(
        "hyperband", {"max_epochs": 10, "factor": 3, "vary": {"units": {"values": units}}}
    )
    calls: list[Call] = []

    def train(number: int, settings: dict[str, Any], rung: Rung, parent: int | None) -> float:
        calls.append((number, settings, rung, parent))
        return float(settings["units"]) / 1000

    Hyperband(train, spec, 3, str(folder)).run()
    return calls


@pytest.mark.parametrize("units", [[8, 16], [8, 16, 24, 32, 40]])
def test_the_best_of_few_is_promoted_to_the_last_epoch(units: list[int], tmp_path: Path) -> None:
    calls = searched(units, tmp_path)
    drawn = [settings["units"] for _, settings, rung, _ in calls if rung.number == 0]
    assert sorted(drawn) == units
    longest = [settings["units"] for _, settings, rung, _ in calls if rung.epochs == 10]
    assert max(units) in longest
    assert len(longest) < max(2, len(units))


def test_a_space_that_is_large_enough_is_searched_as_ever(tmp_path: Path) -> None:
    calls = searched(list(range(8, 400, 8)), tmp_path)
    planned = [(r.bracket, r.number) for r in rungs(10, 3) for _ in range(r.trials)]
    assert sorted((rung.bracket, rung.number) for _, _, rung, _ in calls) == sorted(planned)
