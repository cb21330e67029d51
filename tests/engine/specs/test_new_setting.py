"""A new setting is its declaration: everything that lists settings shows it at once."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

import pytest
from click.testing import CliRunner
from pydantic import Field

from engine.kinds import KINDS, make_spec
from engine.planning.sweep import choose
from engine.results.search import Point
from engine.results.statistics import mean_band
from engine.specs.derived_settings import with_settings
from engine.specs.fields import setting
from engine.specs.kinds.searches import GridSearchSpec, RandomSearchSpec
from engine.specs.kinds.sweep import SweepSpec
from engine.specs.kinds.train import TrainSpec
from engine.specs.network import NetworkSpec
from engine.specs.parsing import assign
from penguin_tui.cli.root import cli
from penguin_tui.forms import form
from penguin_tui.forms.search_space.changes import suggested
from penguin_tui.forms.search_space.row import names_of
from penguin_tui.forms.search_space.vary import problems, vary_of


class NoisyNetwork(NetworkSpec):
    """A network with one setting more."""

    noise: Annotated[float, Field(gt=0, le=50)] = setting(
        1.0, typical=(0.1, 10), unit="pp", group="Training", simpler="higher", help="Noise added."
    )


class NoisyTrain(NoisyNetwork, TrainSpec):
    pass


class NoisySweep(NoisyNetwork, SweepSpec):
    pass


class NoisyRandom(NoisyNetwork, RandomSearchSpec):
    pass


class NoisyGrid(NoisyNetwork, GridSearchSpec):
    pass


NOISY = {
    "train": NoisyTrain, "sweep": NoisySweep, "random_search": NoisyRandom,
    "grid_search": NoisyGrid,
}  # fmt: skip
FORM_CACHES = (form.sections, form.entries, form.defaults)


@pytest.fixture(autouse=True)
def noisy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The kinds whose specs have the new setting in the place of the real ones."""
    for name, spec in NOISY.items():
        monkeypatch.setitem(
            KINDS, name, replace(KINDS[name], spec_at=f"{__name__}:{spec.__name__}")
        )
    for cached in FORM_CACHES:
        cached.cache_clear()
    yield
    monkeypatch.undo()
    for cached in FORM_CACHES:
        cached.cache_clear()


@pytest.mark.parametrize("kind", NOISY)
def test_it_is_in_the_form(kind: str) -> None:
    entry = form.entries(kind)["noise"]
    assert (entry.label, entry.setting.unit) == ("Noise", "pp")
    assert entry.help("1") == "noise: Noise added. Allowed: a number above 0 up to 50."
    assert form.defaults(kind)["noise"] == 1.0


def test_it_is_on_the_command_line() -> None:
    listed = CliRunner().invoke(cli, ["fields", "train"]).output
    assert "noise = 1 pp" in listed
    assert "noise" in CliRunner().invoke(cli, ["fields", "sweep"]).output
    spec = make_spec("train", assign(NoisyTrain, {}, [("noise", "0.5")]))
    assert isinstance(spec, NoisyTrain)
    assert spec.noise == 0.5
    refused = CliRunner().invoke(cli, ["run", "train", "--set", "noise=51"])
    assert "noise: '51' is invalid: enter a number above 0 up to 50" in refused.output


def test_it_is_in_the_json_schema() -> None:
    found = NoisyTrain.model_json_schema()["properties"]["noise"]
    assert (found["exclusiveMinimum"], found["maximum"], found["unit"]) == (0, 50, "pp")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("random_search", {"low": 0.1, "high": 10, "scale": "log"}),
        ("grid_search", {"values": [0.1, 10]}),
        ("sweep", {"values": [0.1, 10]}),
    ],
)
def test_it_can_vary_and_is_suggested_over_its_typical_range(
    kind: str, expected: dict[str, Any]
) -> None:
    assert "noise" in names_of(kind)
    row = suggested("noise", typed=kind == "sweep", listed=kind == "grid_search")
    vary = vary_of([row])
    assert vary == {"noise": expected}
    assert problems(kind, {}, [row]) == {}
    spec = make_spec(kind, {"vary": vary})
    assert isinstance(spec, SweepSpec | RandomSearchSpec | GridSearchSpec)
    trained = with_settings(spec.network, {"noise": 2.0})
    assert isinstance(trained, NoisyNetwork)
    assert trained.noise == 2.0


def test_the_simpler_of_two_alike_is_chosen_by_its_direction() -> None:
    spec = make_spec("sweep", {"vary": {"noise": {"values": [1.0, 2.0, 4.0]}}})
    assert isinstance(spec, SweepSpec)
    points = [point(1.0, 0.90), point(2.0, 0.89), point(4.0, 0.80)]
    assert choose(spec, points).value == 2.0


def point(value: float, mean: float) -> Point:
    """One value of a sweep, whose mean has a standard error of 0.0115."""
    band = mean_band([mean - 0.02, mean - 0.02, mean + 0.02, mean + 0.02])
    return Point(value=value, train=band, validation=band)
