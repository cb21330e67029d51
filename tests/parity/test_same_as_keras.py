"""The trainer's networks are Keras's networks: one step to the last digits, trainings to drift."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.keras_files.network_file import network_file
from engine.specs.network import NetworkSpec
from engine.trainer.callbacks import Callback
from engine.trainer.training import Figures, Training
from tests.support.later import Later
from tests.support.parity.keras_optimizers import states
from tests.support.parity.random_tables import (
    built,
    fit,
    keras_fit,
    keras_twin,
    same_bits,
    table,
    trained,
)

keras: Any = Later("keras")

# all of this folder is worked through by one worker, after one import of TensorFlow
pytestmark = pytest.mark.timeout(300)
# Every optimizer; of the activations, whose formulas test_tables compares with Keras's, some.
# Depths stay within one padded shape for each family: every new shape compiles for a second.
FAMILIES = (
    ("leaky_relu", "sgd", 0.0, (6, 7, 9)),
    ("elu", "sgd", 0.9, (3,)),
    ("selu", "rmsprop", 0.0, (1,)),
    ("gelu", "rmsprop", 0.5, (2,)),
    ("silu", "adamw", 0.0, (3,)),
    ("sigmoid", "adam", 0.0, (6, 7, 9)),
)
SCHEDULES = st.sampled_from(
    [
        {"name": "constant"},
        {"name": "step_decay", "factor": 0.5, "every": 1},
        {"name": "cosine_restarts", "first_decay_steps": 4, "t_mul": 1.5, "alpha": 0.1},
        {"name": "exponential", "factor": 0.7, "decay_steps": 3},
        {"name": "exponential", "factor": 0.7, "decay_steps": 3, "staircase": True},
    ]
)
# epochs after which a training of ours is compared with Keras's
COMPARED = (1, 3, 10)
PENALTY = st.sampled_from([0.0, 0.001, 0.02])


@st.composite
def specs(draw: Any, family: tuple[str, str, float, tuple[int, ...]]) -> NetworkSpec:
    activation, optimizer, momentum, depths = family
    depth = draw(st.sampled_from(depths))
    layers = st.lists(PENALTY, min_size=depth, max_size=depth)
    fields = {
        "hidden_layers": draw(st.lists(st.integers(1, 32), min_size=depth, max_size=depth)),
        "activation": activation,
        "initializer": draw(st.sampled_from(["he_uniform", "glorot_normal", "lecun_uniform"])),
        "optimizer": optimizer,
        "momentum": momentum,
        "learning_rate": draw(st.sampled_from([0.001, 0.01])),
        "schedule": draw(SCHEDULES),
        "batch_size": draw(st.integers(3, 16)),
        "seed": draw(st.integers(0, 1000)),
        # one layer always has a penalty, so that all examples share a program
        "kernel_l1": [0.001, *draw(layers)[1:]],
        "kernel_l2": draw(layers),
        "activity_l1": draw(layers),
        "activity_l2": draw(layers),
    }
    return NetworkSpec.model_validate_json(json.dumps(fields))


def weights_for(y: Any, kind: str) -> tuple[Any, dict[str, Any]]:
    """Row weights for our `fit`, and what Keras takes for the same."""
    if kind == "classes":
        of_class = {0: 0.5, 1: 2.0, 2: 1.5}
        return np.array([of_class[label] for label in y]), {"class_weight": of_class}
    if kind == "rows":
        weights = np.linspace(0.1, 2.0, len(y)).astype(np.float32)
        return weights, {"sample_weight": weights}
    return None, {}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f"{f[0]}-{f[1]}")
def test_one_step_and_one_epoch_equal_keras(family: Any) -> None:
    # a failure is shown as found: shrinking it would compile for minutes
    @settings(
        max_examples=2,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(specs(family), st.sampled_from(["none", "classes", "rows"]))
    def check(spec: NetworkSpec, weighted: str) -> None:
        # one pair for a step and then for an epoch: every twin is built, and traced, anew
        ours, theirs = built(spec), keras_twin(spec)
        x, y = table(2 * spec.batch_size + 1, spec.seed)
        first = spec.batch_size
        _one_step(ours, theirs, x[:first], y[:first], weighted)
        _one_epoch(ours, theirs, x, y, weighted)

    check()


def _one_step(ours: Any, theirs: Any, x: Any, y: Any, weighted: str) -> None:
    weights, options = weights_for(y, weighted)
    mine = fit(ours, x, y, batch_size=len(x), epochs=1, sample_weight=weights)
    rate = mine["learning_rate"][0]
    other = keras_fit(theirs, x, y, batch_size=len(x), epochs=1, **options)
    assert mine["loss"][0] == pytest.approx(other["loss"][0], rel=1e-6)
    assert mine["accuracy"] == other["accuracy"]
    # RMSprop's momentum is a step already: a gradient's rounding, divided by the gradient's size
    tight = 1e-4 if ours.config.optimizer.name == "rmsprop" else 1e-5
    for a, b in states(ours, theirs):
        assert np.abs(a - b).max(initial=0.0) <= tight * max(np.abs(b).max(), 1e-6)
    # where a gradient is nothing but rounding, an adaptive optimizer still makes a step of it
    adaptive = 0.0 if ours.config.optimizer.name == "sgd" else 2e-3 * rate
    for a, b in zip(ours.weights, theirs.get_weights(), strict=True):
        assert np.abs(a - b).max() <= 1e-6 * max(np.abs(b).max(), 1e-3) + adaptive


def _one_epoch(ours: Any, theirs: Any, x: Any, y: Any, weighted: str) -> None:
    """Three steps after the first, the last one on a partial batch, and a validation pass."""
    weights, weighing = weights_for(y, weighted)
    options = {
        "batch_size": len(x) // 2, "validation_data": (x, y), "initial_epoch": 1, "epochs": 2,
    }  # fmt: skip
    mine = fit(ours, x, y, sample_weight=weights, **options)
    other = keras_fit(theirs, x, y, **options, **weighing)
    assert mine["loss"] == pytest.approx(other["loss"], rel=1e-4)
    assert mine["val_loss"] == pytest.approx(other["val_loss"], rel=1e-3)
    assert ours.snapshot().iterations == int(theirs.optimizer.iterations) == 4


class AfterEpochs(Callback):
    """Keeps the weights after some of the epochs."""

    every_epoch = True

    def __init__(self) -> None:
        self.weights: dict[int, list[Any]] = {}

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        # on a busy machine a call may end in the middle of the next epoch
        if figures and training.epoch in COMPARED:
            self.weights[training.epoch] = training.weights()


def _keras_training(twin: Any, x: Any, y: Any, **options: Any) -> tuple[dict[int, Any], Any]:
    """The weights after the compared epochs and the figures of all, of one training by Keras."""
    weights: dict[int, list[Any]] = {}

    def keep(epoch: int, logs: Any) -> None:
        if epoch + 1 in COMPARED:
            weights[epoch + 1] = twin.get_weights()

    kept = keras.callbacks.LambdaCallback(on_epoch_end=keep)
    return weights, keras_fit(twin, x, y, callbacks=[kept], **options)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_trainings_stay_within_a_small_multiple_of_keras_own_drift(optimizer: str) -> None:
    spec = NetworkSpec(hidden_layers=(8, 8), optimizer=optimizer, learning_rate=0.01)
    x, y = table(45)
    options = {"batch_size": 16, "epochs": COMPARED[-1], "validation_data": (x[:16], y[:16])}
    ours, twin, after = built(spec), keras_twin(spec, eager=False), AfterEpochs()
    mine = fit(ours, x, y, callbacks=[after], **options)
    start = twin.get_weights()
    theirs, other = _keras_training(twin, x, y, **options)
    # the same twin again, traced already, from weights that differ in their last bit
    twin.set_weights([np.nextafter(w, np.float32(10.0)) for w in start])
    for variable in twin.optimizer.variables:
        if variable is not twin.optimizer.learning_rate:
            variable.assign(np.zeros(variable.shape, variable.dtype))
    nudged, drifted = _keras_training(twin, x, y, **options)
    for epochs in COMPARED:
        trios = zip(after.weights[epochs], theirs[epochs], nudged[epochs], strict=True)
        gaps = [(np.abs(a - b).max(), np.abs(c - b).max()) for a, b, c in trios]
        assert max(gap for gap, _ in gaps) <= 10 * max(max(own for _, own in gaps), 1e-6)
    done = 0
    for epochs in COMPARED:
        part = slice(done, epochs)
        for name in ("loss", "val_loss"):
            own = np.abs(np.subtract(other[name][part], drifted[name][part])).max()
            gap = np.abs(np.subtract(mine[name][part], other[name][part])).max()
            assert gap <= 10 * max(own, 1e-5)
        for name in ("accuracy", "val_accuracy"):
            assert mine[name][part] == pytest.approx(other[name][part], abs=0.07)
        done = epochs


@pytest.mark.parametrize(("depth", "optimizer"), [(2, "adam"), (7, "sgd")])
def test_batches_worked_through_in_chunks_equal_keras(depth: int, optimizer: str) -> None:
    spec = NetworkSpec(
        hidden_layers=(20,) * depth, batch_size=2_500, optimizer=optimizer, momentum=0.9,
        activation="gelu", kernel_l1=0.001, kernel_l2=0.02, activity_l1=0.003, activity_l2=0.001,
    )  # fmt: skip
    x, y = table(6_001)
    weights, _ = weights_for(y, "rows")
    ours, theirs = built(spec), keras_twin(spec)
    for rows in (2_500, 6_001):  # one step, then three of which the last one is partial
        options = {"batch_size": 2_500, "epochs": 1, "sample_weight": weights[:rows]}
        mine = fit(ours, x[:rows], y[:rows], **options)
        other = keras_fit(theirs, x[:rows], y[:rows], **options)
        assert mine["loss"] == pytest.approx(other["loss"], rel=1e-5)
        assert mine["accuracy"] == pytest.approx(other["accuracy"], abs=2 / rows)
        for a, b in states(ours, theirs):
            assert np.abs(a - b).max(initial=0.0) <= 1e-4 * max(np.abs(b).max(), 1e-6)
        for a, b in zip(ours.weights, theirs.get_weights(), strict=True):
            assert np.abs(a - b).max() <= 1e-4 * max(np.abs(b).max(), 1e-3)


def test_batch_larger_than_the_table_and_a_network_without_hidden_layers() -> None:
    spec = NetworkSpec(hidden_layers=(), batch_size=500, epochs=3, learning_rate=0.05)
    x, y = table(40)
    ours, theirs = built(spec), keras_twin(spec)
    mine = fit(ours, x, y, batch_size=500, epochs=3)
    other = keras_fit(theirs, x, y, batch_size=500, epochs=3)
    assert mine["loss"] == pytest.approx(other["loss"], rel=1e-5)
    assert ours.snapshot().iterations == 3


def test_layers_of_very_different_width_equal_keras() -> None:
    spec = NetworkSpec(hidden_layers=(200, 8, 8, 170), batch_size=32, learning_rate=0.01)
    x, y = table(70)
    ours, theirs = built(spec), keras_twin(spec)
    options = {"batch_size": 32, "epochs": 1}
    mine = fit(ours, x, y, **options)
    assert mine["loss"] == pytest.approx(keras_fit(theirs, x, y, **options)["loss"], rel=1e-5)
    for a, b in zip(ours.weights, theirs.get_weights(), strict=True):
        assert np.abs(a - b).max() < 1e-3


def test_saved_model_is_plain_keras_and_predicts_the_same(tmp_path: Any) -> None:
    spec = NetworkSpec(hidden_layers=(20, 20), epochs=3, dropout=0.3, kernel_l2=0.01)
    x, y = table()
    network, _ = trained(spec, x, y)
    (tmp_path / "model.keras").write_bytes(network_file(spec, network.weights, epochs=3))
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    assert type(loaded) is keras.Sequential
    assert np.abs(loaded.predict(x, verbose=0) - network.predict(x)).max() <= 1e-6
    assert same_bits(loaded.get_weights(), network.weights)
    loss, _ = loaded.evaluate(x, y, verbose=0)
    assert network.mean_loss(x, y) == pytest.approx(loss, rel=1e-5)
