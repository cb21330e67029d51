"""What a search may vary."""

import json
from typing import Any

import pytest

from engine.kinds import make_spec
from engine.specs.derived_settings import with_settings
from engine.specs.invalid import InvalidSpec
from engine.specs.network import NetworkSpec
from engine.specs.parsing import assign_vary
from engine.specs.search_space import Choice, Range, parse_dimension, show_dimension


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("log:1e-4:1e-1", Range(low=1e-4, high=0.1, scale="log")),
        ("2..16", Range(low=2, high=16)),
        ("16..256/16", Range(low=16, high=256, step=16)),
        ("0.001..0.011", Range(low=0.001, high=0.011)),
        ("0.2,0.4,0.6", Choice(values=(0.2, 0.4, 0.6))),
        ("relu, tanh", Choice(values=("relu", "tanh"))),
    ],
)
def test_ranges_are_read_as_typed(text: str, expected: Any) -> None:
    data = parse_dimension(text)
    model = Range if "low" in data else Choice
    assert model.model_validate_json(json.dumps(data)) == expected
    assert parse_dimension(show_dimension(expected.model_dump(mode="json"))) == data


def test_whole_ranges_list_their_values() -> None:
    assert Range(low=2, high=5).values == (2, 3, 4, 5)
    assert Range(low=16, high=64, step=16).values == (16, 32, 48, 64)
    assert Range(low=0.1, high=0.2).values is None


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({"units": "9..3"}, "the first must be the smaller"),
        ({"learning_rate": "log:0:1"}, "above 0"),
        ({"learning_rate": "0.1..0.2"}, "needs a step"),
        ({"units": "1..9999"}, "4,096"),
        ({"colour": "1,2"}, "cannot vary"),
        ({"units": "8,8"}, "listed twice"),
        ({"units": "8,16", "epochs": "1,2"}, "exactly one"),
    ],
)
def test_bad_ranges_are_told(vary: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidSpec, match=words):
        make_spec("sweep", assign_vary({}, vary.items()))


@pytest.mark.parametrize(
    ("settings", "layers"),
    [
        ({"layers": 3}, (100, 100, 100)),
        ({"units": 8}, (8, 8)),
        ({"layers": 3, "units": 8}, (8, 8, 8)),
        ({"first_layer_units": 30}, (30, 170)),
    ],
)
def test_derived_settings_spread_over_the_layers(
    settings: dict[str, Any], layers: tuple[int, ...]
) -> None:
    assert with_settings(NetworkSpec(), settings).hidden_layers == layers
