"""One spec, one seed, one result: alone, in a fleet, beside others; and dropout's draws."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from engine.keras_adapter.build import build, fleet_member, initial_weights
from engine.specs.network import EarlyStopping as EarlyStoppingSpec
from engine.specs.network import NetworkSpec
from engine.trainer.batching import Rows
from engine.trainer.callbacks import Callback
from engine.trainer.configuration import configured
from engine.trainer.dropout import dropout_factors
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.fleet import train_fleet
from engine.trainer.training import Figures, Training
from tests.support.random_tables import (
    CLASSES,
    FEATURES,
    keras_fit,
    keras_twin,
    same_bits,
    table,
    trained,
)

SPEC = NetworkSpec(hidden_layers=(20, 20), epochs=4, learning_rate=0.01, dropout=0.2)


def variants(count: int) -> list[NetworkSpec]:
    """Networks of different widths, depths and seeds."""
    shapes = [(20, 20), (7, 30), (32,), (9,)]
    return [
        SPEC.model_copy(update={"seed": i, "hidden_layers": shapes[i % 4]}) for i in range(count)
    ]


class Recorder(Callback):
    """Keeps the figures of a training."""

    def __init__(self) -> None:
        self.figures: list[Figures] = []

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        self.figures += figures


def test_every_network_of_a_fleet_equals_its_training_alone_to_the_bit() -> None:
    x, y = table()
    rows, held = Rows.of(x, y), Rows.of(x[:20], y[:20])
    specs = variants(9)
    members = [fleet_member(spec, FEATURES, CLASSES, rows, held) for spec in specs]
    recorders = [Recorder() for _ in specs]
    ended: list[int] = []
    together = train_fleet(
        members, threads=2, callbacks=lambda i: [recorders[i]], on_end=lambda i, t: ended.append(i)
    )
    assert sorted(ended) == list(range(9))
    for spec, one, recorder in zip(specs, together, recorders, strict=True):
        alone = trained(spec, x, y, validation_data=(x[:20], y[:20]))
        assert same_bits(alone.get_weights(), one.weights())
        assert alone.history.history["val_loss"] == [f.val_loss for f in recorder.figures]
    reversed_order = train_fleet(members[::-1], threads=3)[::-1]
    for a, b in zip(together, reversed_order, strict=True):
        assert same_bits(a.weights(), b.weights())


def test_early_stopping_in_a_fleet_is_that_of_a_training_alone() -> None:
    x, y = table()
    rule = EarlyStoppingSpec(monitor="val_loss", patience=2)
    spec = SPEC.model_copy(update={"epochs": 40, "learning_rate": 0.3})
    member = fleet_member(spec, FEATURES, CLASSES, Rows.of(x, y), Rows.of(x[:20], y[:20]))
    stops = [EarlyStopping(rule), EarlyStopping(rule)]
    (one,) = train_fleet([member], threads=1, callbacks=lambda _: stops[:1])
    alone = trained(spec, x, y, validation_data=(x[:20], y[:20]), callbacks=stops[1:])
    assert stops[0].stopped_early
    assert stops[0].state == stops[1].state
    assert same_bits(one.weights(), alone.get_weights())


def test_a_fleet_ends_with_the_exception_of_a_callback() -> None:
    class Fail(Callback):
        def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
            raise RuntimeError("so be it")

    x, y = table()
    members = [fleet_member(spec, FEATURES, CLASSES, Rows.of(x, y)) for spec in variants(4)]
    recorders = [Recorder() for _ in members]
    with pytest.raises(RuntimeError, match="so be it"):
        train_fleet(members, threads=1, callbacks=lambda i: [recorders[i], *([Fail()] * (i == 1))])
    assert [bool(recorder.figures) for recorder in recorders] == [True, True, False, False]


def test_two_trainings_at_once_equal_each_alone_to_the_bit() -> None:
    x, y = table()
    first, second = SPEC, SPEC.model_copy(update={"seed": 5, "hidden_layers": (32,)})
    alone = [trained(spec, x, y).get_weights() for spec in (first, second)]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            both = list(pool.map(lambda spec: trained(spec, x, y).get_weights(), (first, second)))
            assert all(same_bits(a, b) for a, b in zip(alone, both, strict=True))


def test_the_seed_decides_weights_order_and_dropout_and_global_seeds_nothing() -> None:
    x, y = table()
    tf.random.set_seed(1)
    once = trained(SPEC, x, y).get_weights()
    tf.random.set_seed(2)
    np.random.seed(3)
    again = trained(SPEC, x, y).get_weights()
    other = trained(SPEC.model_copy(update={"seed": 1}), x, y).get_weights()
    assert same_bits(once, again)
    assert not same_bits(once, other)


@pytest.mark.parametrize("spec", variants(4), ids=lambda spec: str(spec.hidden_layers))
def test_a_spec_is_read_alike_with_and_without_a_keras_model(spec: NetworkSpec) -> None:
    model = build(spec, FEATURES, CLASSES)
    assert model.config == configured(spec, FEATURES, CLASSES)
    hidden = [layer for layer in model.layers[:-1] if isinstance(layer, keras.layers.Dense)]
    drops = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    assert [layer.units for layer in hidden] == [layer.units for layer in model.config.hidden]
    assert [(layer.rate, layer.seed) for layer in drops] == [
        (layer.dropout, layer.seed) for layer in model.config.hidden
    ]
    assert same_bits(model.get_weights(), initial_weights(spec, FEATURES, CLASSES))


# -- dropout -------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.83])
def test_dropout_has_its_rate_and_scale_and_differs_per_step_and_layer(rate: float) -> None:
    def draw(seed: int, step: int, units: int = 300, first: int = 0) -> Any:
        limit = tf.constant(round(rate * 2**32), tf.uint32)
        word = tf.constant(seed, tf.uint32)
        scale = tf.constant(1 / (1 - rate))
        shape = (400 - first, units)
        return dropout_factors(word, tf.constant(step), limit, scale, shape, first).numpy()

    once = draw(11, 0)
    assert set(np.unique(once)) == {np.float32(0.0), np.float32(1 / (1 - rate))}
    spread = 5 * np.sqrt(rate * (1 - rate) / once.size)
    for other in (draw(11, 1), draw(12, 0), draw(12, 1)):
        assert abs((other == 0).mean() - rate) < spread
        agreement = ((once == 0) & (other == 0)).mean()
        assert abs(agreement - rate**2) < spread
    assert np.array_equal(once, draw(11, 0))
    # the width a network is padded to decides nothing
    assert np.array_equal(once[:, :100], draw(11, 0, 100))
    # nor do the chunks that a large batch is worked through in
    assert np.array_equal(once[150:], draw(11, 0, first=150))
    for axis in (0, 1):
        assert abs(np.abs((once == 0).mean(axis) - rate)).max() < 0.15


def test_losses_under_dropout_are_distributed_as_keras_own() -> None:
    spec = SPEC.model_copy(
        update={"dropout": 0.5, "learning_rate": 1e-9, "epochs": 60, "hidden_layers": (20, 20)}
    )
    x, y = table(64)
    ours = trained(spec, x, y).history.history["loss"]
    theirs = keras_fit(keras_twin(spec), x, y, epochs=8, batch_size=16)["loss"]
    error = np.hypot(np.std(ours) / np.sqrt(len(ours)), np.std(theirs) / np.sqrt(len(theirs)))
    assert abs(np.mean(ours) - np.mean(theirs)) < 5 * error
    assert 0.4 < np.std(ours) / np.std(theirs) < 2.5
