"""Hyperband by Keras Tuner's oracle, a rung at a time, beside Keras Tuner's own search."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.kinds import make_spec
from engine.specs.hyperband_schedule import rungs
from tests.support.later import Later

adapter: Any = Later("engine.keras_adapter.keras_tuner")
one_tuner: Any = Later("tests.support.parity.one_tuner")

SEED = 3
BAND = {"max_epochs": 10, "factor": 3}
Score = Callable[[dict[str, Any]], float]


def spec_of(vary: dict[str, Any]) -> Any:
    return make_spec("hyperband", BAND | {"vary": vary})


def searched(spec: Any, score: Score) -> list[Any]:
    """The trials that a search asks for; the last of a rung ends first."""
    asked: list[Any] = []

    def train(rung: Sequence[Any]) -> list[float]:
        assert len({own.rung for own in rung}) == 1
        asked.extend(rung)
        return [score(own.settings) for own in reversed(rung)][::-1]

    adapter.search(train, spec, SEED)
    return asked


@pytest.mark.parametrize(
    "score",
    [
        lambda own: own["learning_rate"],
        # many equals, and some that have none
        lambda own: (
            round(math.sin(1e4 * own["learning_rate"]), 1) if own["units"] % 11 else math.nan
        ),
    ],
    ids=["by the rate", "equals and failures"],
)
def test_rung_by_rung_it_asks_for_the_trials_that_one_tuner_is_given(
    score: Score, tmp_path: Path
) -> None:
    rates = {"low": 1e-4, "high": 0.1, "scale": "log"}
    spec = spec_of({"learning_rate": rates, "units": {"low": 4, "high": 60, "step": 1}})
    own = one_tuner.OneByOne(spec, score, tmp_path, **BAND, seed=SEED + 1)
    own.search(verbose=0)
    asked = [
        (one.number, one.settings, one.rung.bracket, one.rung.number, one.parent)
        for one in searched(spec, score)
    ]
    parents = [one[-1] for one in own.asked]
    assert any(parents)
    assert asked == [
        (*one[:-1], None if parent is None else int(parent))
        for one, parent in zip(own.asked, parents, strict=True)
    ]


def by_units(own: dict[str, Any]) -> float:
    """More units score higher."""
    return float(own["units"]) / 1000


@pytest.mark.parametrize("units", [[8, 16], [8, 16, 24, 32, 40]])
def test_the_best_of_few_is_promoted_to_the_last_epoch(units: list[int]) -> None:
    asked = searched(spec_of({"units": {"values": units}}), by_units)
    drawn = [own.settings["units"] for own in asked if own.rung.number == 0]
    assert sorted(drawn) == units
    longest = [own.settings["units"] for own in asked if own.rung.epochs == 10]
    assert max(units) in longest
    assert len(longest) < max(2, len(units))


def test_a_space_that_is_large_enough_is_searched_as_ever() -> None:
    asked = searched(spec_of({"units": {"values": list(range(8, 400, 8))}}), by_units)
    planned = [(r.bracket, r.number) for r in rungs(10, 3) for _ in range(r.trials)]
    assert sorted((own.rung.bracket, own.rung.number) for own in asked) == sorted(planned)
