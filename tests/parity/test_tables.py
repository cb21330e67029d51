"""Optimizers, activations and schedules stand once; one more is a name and a formula."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import ks_2samp

from engine.jobs import train
from engine.keras_files.optimizers import KERAS_OPTIMIZERS, KERAS_SCHEDULES, KerasOptimizer
from engine.kinds import make_spec
from engine.prediction.network import FUNCTIONS
from engine.results.scores import TrainResult
from engine.runs.events import EpochBlock
from engine.runs.reporter import Artefact, Reporter
from engine.specs import activations as activation_names
from engine.specs import optimizers as optimizer_names
from engine.specs.schedules import SCHEDULES, rate_at
from engine.trainer import activations, learning_rates, optimizers
from engine.trainer.initial_weights import INITIALIZERS
from engine.trainer.optimizers import Optimizer, Slot
from tests.support.later import Later
from tests.support.parity.keras_optimizers import KERAS_LISTS
from tests.support.parity.random_tables import built, fit, keras_fit, keras_twin, table

keras: Any = Later("keras")


def test_every_name_of_the_specs_has_its_entry_and_keras_knows_it() -> None:
    assert set(optimizers.OPTIMIZERS) == set(optimizer_names.OPTIMIZERS)
    assert set(activations.ACTIVATIONS) == set(activation_names.ACTIVATIONS)
    assert set(INITIALIZERS) == set(activation_names.INITIALIZERS)
    assert set(FUNCTIONS) == set(activation_names.ACTIVATIONS) | {"softmax"}
    assert set(KERAS_OPTIMIZERS) == set(optimizer_names.OPTIMIZERS)
    for entry in KERAS_OPTIMIZERS.values():
        assert issubclass(getattr(keras.optimizers, entry.class_name), keras.optimizers.Optimizer)
    # one whose rate depends on the step has a class of Keras's, or could not be saved
    assert {own for own in SCHEDULES if not own.by_epoch} <= set(KERAS_SCHEDULES) <= set(SCHEDULES)


@pytest.mark.parametrize("name", activations.ACTIVATIONS)
def test_an_activation_and_its_slope_are_keras_own(name: str) -> None:
    entry = activations.ACTIVATIONS[name]
    z = np.linspace(-4, 4, 81, dtype=np.float32) + np.float32(0.03)
    function = getattr(keras.activations, name)
    theirs = np.asarray(function(z))
    assert np.allclose(entry.function(z), theirs, rtol=1e-6, atol=1e-6)
    assert np.allclose(FUNCTIONS[name](z), theirs, rtol=1e-6, atol=1e-6)
    slopes = jax.vmap(jax.grad(entry.function))(z)
    wide = z.astype(np.float64)
    apart = (FUNCTIONS[name](wide + 1e-4) - FUNCTIONS[name](wide - 1e-4)) / 2e-4
    assert np.allclose(slopes, apart, atol=1e-3)
    assert entry.zero_at_zero == (float(entry.function(jnp.float32(0.0))) == 0.0)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initial_weights_are_drawn_from_keras_own_distribution(name: str) -> None:
    own = INITIALIZERS[name].draw(7, 60, 300)
    theirs = np.asarray(keras.initializers.get(name)((60, 300), dtype="float32"))
    assert own.shape == theirs.shape
    assert own.dtype == theirs.dtype
    assert ks_2samp(own.ravel(), theirs.ravel()).pvalue > 1e-3
    assert np.abs(own).max() == pytest.approx(np.abs(theirs).max(), rel=0.01)
    assert np.array_equal(own, INITIALIZERS[name].draw(7, 60, 300))
    assert not np.array_equal(own, INITIALIZERS[name].draw(8, 60, 300))


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
        # an epoch for each step, as several epochs of one call have them
        each = learning_rates.spec_rates(spec.schedule, 0.02)(np.full(60, epoch), steps)
        assert np.array_equal(each, ours)
    make = KERAS_SCHEDULES.get(type(spec.schedule))
    if make is not None:
        name, settings = make(spec.schedule, 0.02)
        own = getattr(keras.optimizers.schedules, name)(**settings)
        theirs = [float(own(int(step))) for step in steps]
        assert ours == pytest.approx(theirs, rel=1e-4)


# -- one more ------------------------------------------------------------------------------------


ADAMAX = Optimizer(
    (
        Slot(lambda m, g, new, o: m + (g - m) * o.constants[0]),
        Slot(lambda u, g, new, o: jnp.maximum(o.constants[1] * u, jnp.abs(g))),
    ),
    lambda value, g, new, o: value - new[0] * o.corrected_rate / (new[1] + o.constants[2]),
    lambda c: (1 - 0.9, 0.999, 1e-7),
    lambda rates, steps: rates / (np.float32(1.0) - np.power(np.float32(0.9), steps)),
)
ADAGRAD = Optimizer(
    (Slot(lambda a, g, new, o: a + g * g, initial=0.1),),
    lambda value, g, new, o: value - o.rate * g / jnp.sqrt(new[0] + o.constants[0]),
    lambda c: (1e-7,),
)


@pytest.fixture(autouse=True)
def two_more_optimizers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its name in the specs, its formula in the trainer, and what Keras calls it."""
    monkeypatch.setitem(KERAS_LISTS, "adamax", ("_m", "_u"))
    monkeypatch.setitem(KERAS_LISTS, "adagrad", ("_accumulators",))
    adamax = optimizer_names.OptimizerInfo("Adamax", "Adam with the infinity norm")
    adagrad = optimizer_names.OptimizerInfo("Adagrad", "adaptive rates (Duchi et al. 2011)")
    monkeypatch.setitem(optimizer_names.OPTIMIZERS, "adamax", adamax)
    monkeypatch.setitem(optimizers.OPTIMIZERS, "adamax", ADAMAX)
    constants = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
    entry = KerasOptimizer("Adamax", "adamax", constants, 2)
    monkeypatch.setitem(KERAS_OPTIMIZERS, "adamax", entry)
    monkeypatch.setitem(optimizer_names.OPTIMIZERS, "adagrad", adagrad)
    monkeypatch.setitem(optimizers.OPTIMIZERS, "adagrad", ADAGRAD)
    constants = {"initial_accumulator_value": 0.1, "epsilon": 1e-7}
    entry = KerasOptimizer("Adagrad", "adagrad", constants, 1, initial=0.1)
    monkeypatch.setitem(KERAS_OPTIMIZERS, "adagrad", entry)


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


@pytest.mark.parametrize(("name", "depth"), [("adamax", 2), ("adagrad", 7)])
def test_one_more_optimizer_is_keras_own_also_in_a_stack_of_layers(name: str, depth: int) -> None:
    spec: Any = make_spec(
        "train", {"optimizer": name, "hidden_layers": [12] * depth, "kernel_l2": 0.01}
    )
    x, y = table(33)
    ours, theirs = built(spec.network), keras_twin(spec.network)
    mine = fit(ours, x, y, batch_size=16, epochs=1)
    other = keras_fit(theirs, x, y, batch_size=16, epochs=1)
    assert mine["loss"] == pytest.approx(other["loss"], rel=1e-5)
    for a, b in zip(ours.weights, theirs.get_weights(), strict=True):
        assert np.abs(a - b).max() <= 1e-4


def test_an_optimizer_whose_slots_start_above_zero_goes_on_from_where_it_was() -> None:
    spec: Any = make_spec("train", {"optimizer": "adagrad", "hidden_layers": [12]})
    x, y = table(33)
    whole, first, second = (built(spec.network) for _ in range(3))
    fit(whole, x, y, batch_size=16, epochs=2)
    fit(first, x, y, batch_size=16, epochs=1)
    second.restore(first.snapshot())
    fit(second, x, y, batch_size=16, epochs=2, initial_epoch=1)
    for a, b in zip(whole.weights, second.weights, strict=True):
        assert np.array_equal(a, b)
