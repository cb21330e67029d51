"""Learning rates that are planned."""

import pytest

from engine.kinds import make_spec
from engine.specs.kinds.train import TrainSpec
from engine.specs.presets import TRAIN_PRESETS
from engine.specs.schedules import CosineRestarts, planned_rates


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
