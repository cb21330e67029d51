"""Text that is typed becomes a value, or a sentence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kinds import make_spec
from engine.specs.fields import settings_of
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.train import TrainSpec
from engine.specs.parsing import assign
from engine.specs.typed_text import parse


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


@given(st.text(max_size=30), st.sampled_from(settings_of(TrainSpec)))
def test_any_typed_text_gives_a_spec_or_a_sentence(text: str, setting: Any) -> None:
    try:
        make_spec("train", {setting.name: parse(setting, text)})
    except InvalidSpec as error:
        assert error.problems  # noqa: PT017 - both ways are right
