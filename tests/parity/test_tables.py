"""Optimizers, activations and schedules stand once; one more is a name and a formula."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from engine.jobs import train
from engine.keras_adapter.build import KERAS_SCHEDULES, build
from engine.kinds import make_spec
from engine.prediction.network import FUNCTIONS
from engine.results.scores import TrainResult
from engine.runs.events import EpochBlock
from engine.runs.reporter import Artefact, Reporter
from engine.specs import activations as activation_names
from engine.specs import optimizers as optimizer_names
from engine.specs.schedules import SCHEDULES, rate_at
from engine.trainer import activations, learning_rates, optimizers
from engine.trainer.optimizers import Optimizer, Slot
from tests.support.random_tables import CLASSES, FEATURES, keras_fit, keras_twin, table


def test_every_name_of_the_specs_has_its_entry_and_keras_knows_it() -> None:
    assert set(optimizers.OPTIMIZERS) == set(optimizer_names.OPTIMIZERS)
    assert set(activations.ACTIVATIONS) == set(activation_names.ACTIVATIONS)
    assert set(FUNCTIONS) == set(activation_names.ACTIVATIONS) | {"softmax"}
    for entry in optimizers.OPTIMIZERS.values():
        assert issubclass(getattr(keras.optimizers, entry.keras_name), keras.optimizers.Optimizer)
    assert set(KERAS_SCHEDULES) <= set(SCHEDULES)


@pytest.mark.parametrize("name", activations.ACTIVATIONS)
def test_an_activation_and_its_slope_are_keras_own(name: str) -> None:
    entry = activations.ACTIVATIONS[name]
    z = tf.Variable(np.linspace(-4, 4, 81, dtype=np.float32) + 0.03)
    with tf.GradientTape() as tape:
        theirs = getattr(keras.activations, name)(z)
    h = entry.function(z)
    assert np.allclose(h, theirs, rtol=1e-6, atol=1e-6)
    assert np.allclose(FUNCTIONS[name](z.numpy()), theirs, rtol=1e-6, atol=1e-6)
    inside = z if entry.slope_needs_input else h
    assert np.allclose(entry.slope(h, inside), tape.gradient(theirs, z), rtol=1e-5, atol=1e-5)
    assert entry.zero_at_zero == (float(entry.function(tf.constant(0.0))) == 0.0)


@pytest.mark.parametrize(
    "schedule",
    [
        {"name": "constant"},
        {"name": "step_decay", "every": 2},
        {"name": "cosine_restarts", "first_decay_steps": 7, "t_mul": 1.5, "m_mul": 0.8},
        {"name": "cosine_restarts", "first_decay_steps": 5, "t_mul": 1.0, "alpha": 0.2},
        {"name": "exponential", "factor": 0.9, "decay_steps": 3},
        {"name": "exponential", "factor": 0.9, "decay_steps": 3, "staircase": True},
    ],
    ids=lambda schedule: "-".join(map(str, schedule.values())),
)
def test_the_plan_the_trainer_and_keras_have_one_learning_rate(schedule: dict[str, Any]) -> None:
    spec: Any = make_spec("train", {"schedule": schedule, "learning_rate": 0.02})
    steps = np.arange(60)
    for epoch in range(3):
        ours = learning_rates.spec_rates(spec.schedule, 0.02)(epoch, steps)
        plan = [rate_at(spec.schedule, 0.02, epoch, int(step)) for step in steps]
        assert ours == pytest.approx(plan, rel=1e-12)
    make = KERAS_SCHEDULES.get(type(spec.schedule))
    if make is not None:
        theirs = [float(make(spec.schedule, 0.02)(int(step))) for step in steps]
        assert ours == pytest.approx(theirs, rel=1e-4)


# -- one more ------------------------------------------------------------------------------------


ADAMAX = Optimizer(
    "Adamax",
    (
        Slot("_m", lambda m, g, new, o: m + (g - m) * o.constants[0]),
        Slot("_u", lambda u, g, new, o: tf.maximum(o.constants[1] * u, tf.abs(g))),
    ),
    lambda value, g, new, o: value - new[0] * o.corrected_rate / (new[1] + o.constants[2]),
    lambda c: (1 - 0.9, 0.999, 1e-7),
    lambda rates, steps: rates / (np.float32(1.0) - np.power(np.float32(0.9), steps)),
)
ADAGRAD = Optimizer(
    "Adagrad",
    (Slot("_accumulators", lambda a, g, new, o: a + g * g, initial=0.1),),
    lambda value, g, new, o: value - o.rate * g / tf.sqrt(new[0] + o.constants[0]),
    lambda c: (1e-7,),
)


@pytest.fixture(autouse=True)
def two_more_optimizers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its name in the specs and its formula in the trainer, and nothing else."""
    adamax = optimizer_names.OptimizerInfo("Adamax", "Adam with the infinity norm")
    adagrad = optimizer_names.OptimizerInfo("Adagrad", "adaptive rates (Duchi et al. 2011)")
    monkeypatch.setitem(optimizer_names.OPTIMIZERS, "adamax", adamax)
    monkeypatch.setitem(optimizers.OPTIMIZERS, "adamax", ADAMAX)
    monkeypatch.setitem(optimizer_names.OPTIMIZERS, "adagrad", adagrad)
    monkeypatch.setitem(optimizers.OPTIMIZERS, "adagrad", ADAGRAD)


@pytest.mark.parametrize(("name", "rate"), [("adamax", 0.01), ("adagrad", 0.1)])
def test_one_more_optimizer_is_trained_with_through_a_spec(
    name: str, rate: float, tmp_path: Any
) -> None:
    spec: Any = make_spec(
        "train", {"optimizer": name, "epochs": 5, "hidden_layers": [8], "learning_rate": rate}
    )
    reporter = Reporter()
    result = train.run(spec, reporter)
    reported = reporter.drain()
    assert isinstance(result, TrainResult)
    losses = [loss for b in reported if isinstance(b, EpochBlock) for loss in b.columns[0]]
    assert losses[-1] < 0.8 * losses[0]
    path = tmp_path / "model.keras"
    (body,) = [a.body for a in reported if isinstance(a, Artefact) and a.name == path.name]
    path.write_bytes(body)
    saved = keras.models.load_model(path, safe_mode=True)
    assert type(saved.optimizer).__name__.lower() == name


@pytest.mark.parametrize("name", ["adamax", "adagrad"])
def test_one_more_optimizer_is_keras_own_also_in_a_stack_of_layers(name: str) -> None:
    spec: Any = make_spec(
        "train", {"optimizer": name, "hidden_layers": [12] * 7, "kernel_l2": 0.01}
    )
    x, y = table(33)
    ours, theirs = build(spec.network, FEATURES, CLASSES), keras_twin(spec.network)
    mine = ours.fit(x, y, batch_size=16, epochs=1).history
    other = keras_fit(theirs, x, y, batch_size=16, epochs=1)
    assert mine["loss"] == pytest.approx(other["loss"], rel=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert np.abs(a - b).max() <= 1e-4


def test_an_optimizer_whose_slots_start_above_zero_goes_on_from_where_it_was() -> None:
    spec: Any = make_spec("train", {"optimizer": "adagrad", "hidden_layers": [12]})
    x, y = table(33)
    whole, first, second = (build(spec.network, FEATURES, CLASSES) for _ in range(3))
    whole.fit(x, y, batch_size=16, epochs=2)
    first.fit(x, y, batch_size=16, epochs=1)
    second.restore(first.snapshot())
    second.fit(x, y, batch_size=16, epochs=2, initial_epoch=1)
    for a, b in zip(whole.get_weights(), second.get_weights(), strict=True):
        assert np.array_equal(a, b)
