"""Specs: what is accepted, what is refused and in which words, and the way through JSON."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kinds import KINDS, load_spec, make_spec
from engine.specs.fields import setting_at, settings_of
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.train import TrainSpec
from engine.specs.network import NetworkSpec
from engine.specs.parsing import assign, to_fields
from engine.specs.presets import TRAIN_PRESETS
from engine.specs.typed_text import show

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
