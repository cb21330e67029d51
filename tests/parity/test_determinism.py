"""One spec, one seed, one result: alone, in a fleet, beside others; and dropout's draws."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakSet

import jax.numpy as jnp
import numpy as np
import pytest

from engine.specs.network import EarlyStopping as EarlyStoppingSpec
from engine.specs.network import NetworkSpec
from engine.trainer import aligned
from engine.trainer.batching import Rows
from engine.trainer.callbacks import Callback
from engine.trainer.dropout import dropout_factors
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.fleet import train_fleet
from engine.trainer.network import fleet_member
from engine.trainer.training import Figures, Training
from tests.support.later import Later
from tests.support.parity.random_tables import (
    CLASSES,
    FEATURES,
    Recorder,
    keras_fit,
    keras_twin,
    same_bits,
    table,
    trained,
    weights_of,
)

keras: Any = Later("keras")

SPEC = NetworkSpec(hidden_layers=(20, 20), epochs=4, learning_rate=0.01, dropout=0.2)


def variants(count: int) -> list[NetworkSpec]:
    """Networks of different widths, depths and seeds."""
    shapes = [(20, 20), (7, 30), (32,), (9,)]
    return [
        SPEC.model_copy(update={"seed": i, "hidden_layers": shapes[i % 4]}) for i in range(count)
    ]


def test_every_network_of_a_fleet_equals_its_training_alone_to_the_bit() -> None:
    x, y = table()
    rows, held = Rows.of(x, y), Rows.of(x[:20], y[:20])
    specs = variants(9)
    members = [fleet_member(spec, FEATURES, CLASSES, rows, held) for spec in specs]
    recorders = [Recorder() for _ in specs]
    together: dict[int, Training] = {}
    train_fleet(members, threads=2, callbacks=lambda i: [recorders[i]], on_end=together.__setitem__)
    assert sorted(together) == list(range(9))
    for at, (spec, recorder) in enumerate(zip(specs, recorders, strict=True)):
        one = together[at]
        alone, figures = trained(spec, x, y, validation_data=(x[:20], y[:20]))
        assert same_bits(alone.weights, one.weights())
        assert figures == recorder.history
    reversed_order: dict[int, Training] = {}
    train_fleet(members[::-1], threads=3, on_end=reversed_order.__setitem__)
    for at, other in reversed_order.items():
        assert same_bits(together[8 - at].weights(), other.weights())


def test_a_fleet_keeps_no_training_that_has_ended() -> None:
    x, y = table()
    member = fleet_member(SPEC, FEATURES, CLASSES, Rows.of(x, y))
    threads, there, counted = 2, WeakSet[Training](), []

    def ended(at: int, training: Training) -> None:
        there.add(training)
        counted.append(len(there))

    train_fleet([member] * 8, threads=threads, on_end=ended)
    assert len(counted) == 8
    assert max(counted) <= threads


def test_early_stopping_in_a_fleet_is_that_of_a_training_alone() -> None:
    x, y = table()
    rule = EarlyStoppingSpec(monitor="val_loss", patience=2)
    spec = SPEC.model_copy(update={"epochs": 40, "learning_rate": 0.3})
    member = fleet_member(spec, FEATURES, CLASSES, Rows.of(x, y), Rows.of(x[:20], y[:20]))
    stops = [EarlyStopping(rule), EarlyStopping(rule)]
    kept: dict[int, Training] = {}
    train_fleet([member], threads=1, callbacks=lambda _: stops[:1], on_end=kept.__setitem__)
    alone, _ = trained(spec, x, y, validation_data=(x[:20], y[:20]), callbacks=stops[1:])
    assert stops[0].stopped_early
    assert stops[0].state == stops[1].state
    assert same_bits(kept[0].weights(), alone.weights)


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
    alone = [weights_of(spec, x, y) for spec in (first, second)]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            both = list(pool.map(lambda spec: weights_of(spec, x, y), (first, second)))
            assert all(same_bits(a, b) for a, b in zip(alone, both, strict=True))


def test_the_seed_decides_weights_order_and_dropout_and_global_seeds_nothing() -> None:
    x, y = table()
    keras.utils.set_random_seed(1)
    once = weights_of(SPEC, x, y)
    keras.utils.set_random_seed(2)
    again = weights_of(SPEC, x, y)
    other = weights_of(SPEC.model_copy(update={"seed": 1}), x, y)
    assert same_bits(once, again)
    assert not same_bits(once, other)


def test_what_lies_behind_the_rows_of_a_call_decides_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, y = table()
    once, figures = trained(SPEC, x, y, validation_data=(x[:20], y[:20]))
    predicted = once.predict(x[:7])
    clean, given = aligned.empty, []

    def unclean(*arguments: Any) -> Any:
        array = clean(*arguments)
        # NaN as a float, -1 as an integer
        array.view(np.uint8).fill(255)
        given.append(array.ctypes.data % 64)
        return array

    monkeypatch.setattr(aligned, "empty", unclean)
    again, repeated = trained(SPEC, x, y, validation_data=(x[:20], y[:20]))
    assert same_bits(once.weights, again.weights)
    assert figures == repeated
    assert np.array_equal(predicted, again.predict(x[:7]))
    assert set(given) == {0}


# -- dropout -------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.83])
def test_dropout_has_its_rate_and_scale_and_differs_per_step_and_layer(rate: float) -> None:
    def draw(seed: int, step: int, units: int = 300, first: int = 0) -> Any:
        limit = jnp.uint32(round(rate * 2**32))
        word = jnp.uint32(seed)
        scale = jnp.float32(1 / (1 - rate))
        shape = (400 - first, units)
        return np.asarray(dropout_factors(word, jnp.int32(step), limit, scale, shape, first))

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
    ours = trained(spec, x, y)[1]["loss"]
    theirs = keras_fit(keras_twin(spec), x, y, epochs=8, batch_size=16)["loss"]
    error = np.hypot(np.std(ours) / np.sqrt(len(ours)), np.std(theirs) / np.sqrt(len(theirs)))
    assert abs(np.mean(ours) - np.mean(theirs)) < 5 * error
    assert 0.4 < np.std(ours) / np.std(theirs) < 2.5
