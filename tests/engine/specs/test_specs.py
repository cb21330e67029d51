"""Specs: what is accepted, what is refused and in which words, and the way through JSON."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kinds import KINDS, load_spec, make_spec
from engine.specs.derived_settings import with_settings
from engine.specs.fields import setting_at, settings_of
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.train import TrainSpec
from engine.specs.network import NetworkSpec
from engine.specs.parsing import assign, assign_vary, to_fields
from engine.specs.presets import TRAIN_PRESETS
from engine.specs.schedules import CosineRestarts, planned_rates
from engine.specs.search_space import Choice, Range, parse_dimension, show_dimension
from engine.specs.typed_text import parse, show

VARYING = {"sweep", "random_search", "grid_search", "hyperband"}


def fields_for(kind: str) -> dict[str, Any]:
    return {"vary": {"units": {"values": [8, 16]}}} if kind in VARYING else {}


def network_fields() -> st.SearchStrategy[dict[str, Any]]:
    def build(layers: list[int]) -> st.SearchStrategy[dict[str, Any]]:
        penalty = st.one_of(
            st.floats(0, 1), st.lists(st.floats(0, 1), min_size=len(layers), max_size=len(layers))
        )
        return st.fixed_dictionaries(
            {"hidden_layers": st.just(layers), "epochs": st.integers(50, 1000)},
            optional={
                "kernel_l1": penalty,
                "activity_l2": penalty,
                "activation": st.sampled_from(["relu", "tanh", "gelu"]),
                "optimizer": st.sampled_from(["adam", "sgd", "rmsprop", "adamw"]),
                "learning_rate": st.floats(1e-6, 1),
                "batch_size": st.integers(1, 512),
                "seed": st.integers(0, 2**31 - 1),
                "early_stopping": st.one_of(
                    st.none(), st.fixed_dictionaries({"patience": st.integers(0, 50)})
                ),
                "schedule": st.one_of(
                    st.sampled_from(["constant", "step_decay", "cosine_restarts", "exponential"]),
                    st.fixed_dictionaries(
                        {"name": st.just("step_decay"), "every": st.integers(1, 9)}
                    ),
                ),
            },
        )

    return st.lists(st.integers(1, 300), max_size=6).flatmap(build)


@given(network_fields())
def test_a_spec_survives_json(fields: dict[str, Any]) -> None:
    spec = make_spec("train", fields)
    assert load_spec(spec.model_dump_json()) == spec
    assert make_spec("train", to_fields(spec)) == spec


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_defaults_that_are_valid(kind: str) -> None:
    spec = make_spec(kind, fields_for(kind))
    assert spec.kind == kind
    assert load_spec(spec.model_dump_json()) == spec


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_has_help_a_group_and_a_default(kind: str) -> None:
    for setting in settings_of(KINDS[kind].spec):
        assert setting.help
        assert setting.group
        assert setting.allowed


@pytest.mark.parametrize("name", TRAIN_PRESETS)
def test_presets_make_valid_specs(name: str) -> None:
    assert make_spec("train", TRAIN_PRESETS[name]).kind == "train"


def test_presets_are_those_of_the_post() -> None:
    assert list(KINDS["train"].presets) == [
        "no-hidden",
        "one-hidden",
        "two-hidden",
        "step-decay",
        "cosine",
        "weight-decay",
        "dropout",
        "early-stopping",
    ]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"epochs": 0}, "epochs", "a whole number from 1 to 100,000"),
        ({"epochs": 2.5}, "epochs", "'2.5' is invalid"),
        ({"epochs": True}, "epochs", "is invalid"),
        ({"learning_rate": 0}, "learning_rate", "above 0 up to 10"),
        ({"learning_rate": math.nan}, "learning_rate", "'nan' is invalid"),
        ({"learning_rate": math.inf}, "learning_rate", "is invalid"),
        ({"hidden_layers": [0]}, "hidden_layers", "each from 1 to 4,096"),
        ({"hidden_layers": [1] * 201}, "hidden_layers", "is invalid"),
        ({"lerning_rate": 1}, "lerning_rate", "did you mean learning_rate?"),
        ({"schedule": "cosine"}, "schedule", "one of constant, step_decay"),
        ({"schedule": {"name": "step_decay", "factor": 3}}, "schedule.factor", "up to 1"),
        ({"kernel_l1": [0.1]}, "", "1 value for 2 hidden layers"),
        ({"dropout": 1}, "dropout", "below 1"),
        ({"early_stopping": {"patience": -1}}, "early_stopping.patience", "from 0"),
        ({"data": "x.csv"}, "target", "name the column"),
        ({"seed": -1}, "seed", "from 0"),
        ({"optimizer": "lion"}, "optimizer", "one of adam, sgd, rmsprop, adamw"),
        ({"validation_fraction": 0.6, "test_fraction": 0.6}, "", "less than 5 %"),
        ({"delimiter": "ab"}, "delimiter", "or one plain character"),
        ({"delimiter": "é"}, "delimiter", "'é' is invalid"),
        ({"quote": "é"}, "quote", "'é' is invalid"),
        ({"encoding": "klingon"}, "encoding", "another codec of Python"),
        ({"encoding": "base64"}, "encoding", "another codec of Python"),
        ({"target": "species", "features": ["species"]}, "", "among the features"),
    ],
)
def test_a_bad_value_names_the_field_and_what_is_allowed(
    fields: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidSpec) as caught:
        make_spec("train", fields)
    found = caught.value.problems
    assert [problem.field for problem in found] == [field]
    assert words in found[0].message


def test_all_bad_fields_are_told_at_once() -> None:
    with pytest.raises(InvalidSpec) as caught:
        make_spec("train", {"epochs": 0, "batch_size": "many", "dropout": -1})
    assert {problem.field for problem in caught.value.problems} == {
        "epochs",
        "batch_size",
        "dropout",
    }


@pytest.mark.parametrize("text", ["", "[]", "{", '{"kind": "fly"}', '{"kind": 3}', "null"])
def test_text_that_is_no_spec_is_refused(text: str) -> None:
    with pytest.raises(InvalidSpec):
        load_spec(text)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("hidden_layers", "20, 10"), (20, 10)),
        (("hidden_layers", "[20, 10]"), (20, 10)),
        (("hidden_layers", "20 10"), (20, 10)),
        (("hidden_layers", "none"), ()),
        (("epochs", "7"), 7),
        (("kernel_l1", "0.1"), 0.1),
        (("kernel_l1", "0.1, 0"), (0.1, 0.0)),
        (("features", "a, b"), ("a", "b")),
        (("features", ""), None),
    ],
)
def test_typed_text_becomes_a_value(typed: tuple[str, str], expected: Any) -> None:
    spec = make_spec("train", assign(TrainSpec, {}, [typed]))
    assert getattr(spec, typed[0]) == expected


def test_typed_text_reaches_into_a_schedule_and_early_stopping() -> None:
    typed = [
        ("schedule", "step_decay"),
        ("schedule.factor", "0.3"),
        ("early_stopping", "on"),
        ("early_stopping.patience", "4"),
    ]
    spec = make_spec("train", assign(TrainSpec, {}, typed))
    assert isinstance(spec, TrainSpec)
    assert spec.schedule.model_dump() == {"name": "step_decay", "factor": 0.3, "every": 3}
    assert spec.early_stopping is not None
    assert spec.early_stopping.patience == 4


@pytest.mark.parametrize("text", ["1_0", "٣", "0x10", "1e999", "ten", "", "9" * 500])
def test_odd_digits_are_no_numbers(text: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        make_spec("train", assign(TrainSpec, {}, [("epochs", text)]))
    assert caught.value.problems[0].field == "epochs"


def test_an_unknown_field_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InvalidSpec, match="did you mean batch_size"):
        assign(TrainSpec, {}, [("batchsize", "3")])


@given(network_fields())
def test_what_is_shown_is_read_back(fields: dict[str, Any]) -> None:
    spec = make_spec("train", fields)
    for setting in settings_of(NetworkSpec):
        if setting.shape == "variant":
            continue
        value = getattr(spec, setting.name)
        text = "none" if value == () else show(value)
        assert make_spec("train", assign(TrainSpec, fields, [(setting.name, text)])) == spec


def test_unusual_values_are_accepted_with_a_warning() -> None:
    setting = setting_at(TrainSpec, "kernel_l2")
    assert setting is not None
    assert setting.warning(0.01) == ""
    assert "unusually high" in setting.warning(2.0)
    assert make_spec("train", {"learning_rate": 2.0}).kind == "train"


@given(st.text(max_size=30), st.sampled_from(settings_of(TrainSpec)))
def test_any_typed_text_gives_a_spec_or_a_sentence(text: str, setting: Any) -> None:
    try:
        make_spec("train", {setting.name: parse(setting, text)})
    except InvalidSpec as error:
        assert error.problems  # noqa: PT017 - both ways are right


# -- schedules -----------------------------------------------------------------------------


def test_step_decay_is_the_posts() -> None:
    spec = make_spec("train", TRAIN_PRESETS["step-decay"])
    assert isinstance(spec, TrainSpec)
    rates = planned_rates(spec.schedule, spec.learning_rate, 10, 18)
    assert rates == [0.2] * 3 + [0.1] * 3 + [0.05] * 3 + [0.025]


def test_cosine_restarts_begin_again() -> None:
    rates = planned_rates(CosineRestarts(first_decay_steps=10, t_mul=2.0), 1.0, 40, 1)
    assert rates[0] == 1.0
    assert rates[9] < 0.05
    assert rates[10] == pytest.approx(1.0)
    assert rates[29] < 0.05
    assert rates[30] == pytest.approx(1.0)


# -- what a search may vary --------------------------------------------------------------------


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
