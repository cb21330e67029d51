"""The form of a spec: every setting, checked as one types, and read back exactly."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kinds import KINDS, make_spec
from engine.specs.fields import settings_of
from engine.specs.kinds.train import TrainSpec
from engine.specs.parsing import to_fields
from engine.specs.presets import TRAIN_PRESETS
from penguin_tui.forms.form import entries, filled, sections


@pytest.mark.parametrize("kind", ["describe", "baseline", "train"])
def test_a_form_holds_every_declared_setting_once(kind: str) -> None:
    shown = [e.id for s in sections(kind) for e in s.entries if not e.parent]
    assert sorted(shown) == sorted(setting.name for setting in settings_of(KINDS[kind].spec))


@pytest.mark.parametrize("name", list(TRAIN_PRESETS))
def test_a_preset_comes_back_as_it_went_in(name: str) -> None:
    spec = make_spec("train", TRAIN_PRESETS[name])
    assert filled("train", to_fields(spec)).read().spec == spec
    assert filled("train", TRAIN_PRESETS[name]).read().spec == spec


@given(
    st.floats(min_value=1e-300, max_value=10),
    st.lists(st.text(min_size=1, max_size=12), max_size=4, unique=True),
    st.text(min_size=1, max_size=20),
)
def test_loaded_settings_are_kept_to_the_last_digit_and_character(
    rate: float, names: list[str], target: str
) -> None:
    names = [name for name in names if name != target and name.isprintable()]
    fields = {"learning_rate": rate, "exclude": names, "target": target}
    spec = make_spec("train", fields)
    sheet = filled("train", to_fields(spec))
    assert sheet.read().spec == spec
    # what was typed elsewhere does not touch them
    again = sheet.typed("epochs", "7").read().spec
    assert isinstance(again, TrainSpec)
    assert (again.learning_rate, again.exclude, again.target) == (rate, tuple(names), target)


def test_names_with_commas_can_be_typed_and_are_shown_so_that_they_can_be() -> None:
    sheet = filled("train", {"exclude": ["a, b", "c"]})
    assert sheet.texts["exclude"] == '["a, b", "c"]'
    spec = sheet.typed("exclude", '["a, b", "d"]').read().spec
    assert spec is not None
    assert spec.exclude == ("a, b", "d")


def test_a_rule_over_two_settings_is_told_at_one_of_them() -> None:
    reading = filled("train", {}).typed("dropout", "0.1, 0.2, 0.3").read()
    assert list(reading.problems) == ["dropout"]
    assert reading.problems["dropout"].startswith("3 values for 2 hidden layers")
    reading = filled("train", {}).typed("validation_fraction", "0.9").read()
    assert list(reading.problems) == ["validation_fraction"]


def test_two_schedules_have_a_factor_each() -> None:
    sheet = filled("train", {"schedule": {"name": "step_decay", "factor": 0.7, "every": 2}})
    assert sheet.texts["schedule.step_decay.factor"] == "0.7"
    assert sheet.texts["schedule.exponential.factor"] == "0.96"
    reading = sheet.typed("schedule", "exponential").read()
    assert reading.fields["schedule"] == {
        "name": "exponential", "factor": 0.96, "decay_steps": 100, "staircase": False,
    }  # fmt: skip
    reading = sheet.typed("schedule.step_decay.factor", "7").read()
    assert list(reading.problems) == ["schedule.step_decay.factor"]


def test_settings_of_a_variant_that_is_not_chosen_are_not_checked() -> None:
    sheet = filled("train", {}).typed("schedule.step_decay.factor", "nonsense")
    assert sheet.read().spec is not None


def test_a_sweeps_form_takes_what_varies_beside_its_fields() -> None:
    sheet = filled("sweep", {"epochs": 5})
    assert sections("sweep")[0].title == "Sweep"
    assert sheet.read().others == (str(sheet.read().others[0]),)
    spec = sheet.with_extra("vary", {"units": {"values": [10, 20]}}).read().spec
    assert spec is not None
    assert to_fields(spec)["vary"]["units"] == {"values": [10, 20]}


def test_entries_know_their_options_and_their_help() -> None:
    found = entries("train")
    assert found["early_stopping"].options == ("none", "on")
    assert found["early_stopping.on.restore_best"].options == ("yes", "no")
    assert "Allowed: a whole number from 1 to 100,000." in found["epochs"].help("10")
    assert found["schedule.step_decay.every"].help("3").startswith("schedule.every:")


@pytest.mark.parametrize(
    ("setting", "choice", "about"),
    [
        ("activation", "gelu", "gelu: x Φ(x)"),
        ("initializer", "he_normal", "he_normal: truncated normal"),
        ("optimizer", "sgd", "sgd: plain gradient steps"),
    ],
)
def test_the_help_of_a_choice_says_what_the_chosen_one_is(
    setting: str, choice: str, about: str
) -> None:
    assert about in entries("train")[setting].help(choice)


@pytest.mark.parametrize(
    ("fields", "entry", "words"),
    [
        ({"momentum": 0.9}, "momentum", "adam ignores it"),
        ({"momentum": 0.9, "optimizer": "sgd"}, "momentum", ""),
        ({"weight_decay": 0.1}, "weight_decay", "adamw uses it"),
        ({"weight_decay": 0.1, "optimizer": "adamw"}, "weight_decay", ""),
        ({"hidden_layers": [], "dropout": 0.5}, "dropout", "no hidden layer"),
        ({"hidden_layers": [], "dropout_after": "last"}, "dropout_after", "no hidden layer"),
        (
            {"epochs": 5, "schedule": {"name": "step_decay", "every": 5}},
            "schedule.step_decay.every",
            "never reached",
        ),
        (
            {"early_stopping": {"min_delta": 1.0, "monitor": "val_accuracy"}},
            "early_stopping.on.min_delta",
            "no accuracy improves by so much",
        ),
        (
            {"early_stopping": {"min_delta": 1.0, "monitor": "loss"}},
            "early_stopping.on.min_delta",
            "",
        ),
        (
            {"epochs": 5, "early_stopping": {"patience": 5}},
            "early_stopping.on.patience",
            "never reached",
        ),
        ({"protocol": "as_published"}, "protocol", "not comparable"),
        ({"protocol": "as_published", "scaling": "none"}, "scaling", "ignored under as_published"),
        ({"scaling": "none"}, "scaling", ""),
    ],
)
def test_a_setting_without_effect_is_told(fields: dict[str, Any], entry: str, words: str) -> None:
    reading = filled("train", fields).read()
    assert reading.spec is not None
    warning = reading.warnings.get(entry, "")
    assert words in warning
    assert bool(words) == bool(warning)


@pytest.mark.parametrize(
    ("entry", "text", "value"),
    [
        ("epochs", "1,000", 1000), ("epochs", "1e3", 1000), ("epochs", "1.5e3", 1500),
        ("learning_rate", "1e-3", 0.001), ("batch_size", "1,024", 1024),
    ],
)  # fmt: skip
def test_one_number_may_have_commas_or_an_exponent(entry: str, text: str, value: float) -> None:
    reading = filled("train", {}).typed(entry, text).read()
    assert reading.problems == {}
    assert reading.fields[entry] == value


@pytest.mark.parametrize("text", ["1,00", "1e-3", "1,0000", "20.0", "1_000", "1,000,5"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert "epochs" in filled("train", {}).typed("epochs", text).read().problems
