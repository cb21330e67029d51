"""A network's training: callbacks, stopping, resuming, and what Keras sees of it afterwards."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from engine.specs.network import EarlyStopping as EarlyStoppingSpec
from engine.specs.network import NetworkSpec
from engine.trainer.callbacks import Callback
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.training import Figures, Training
from tests.support.later import Later
from tests.support.parity.random_tables import (
    built,
    fit,
    keras_twin,
    same_bits,
    table,
    trained,
)

keras: Any = Later("keras")

SPEC = NetworkSpec(hidden_layers=(20, 20), epochs=4, learning_rate=0.01)


class AfterEpoch(Callback):
    """Calls a function after every single epoch."""

    every_epoch = True

    def __init__(self, function: Callable[[Training, Figures], object]) -> None:
        self._function = function

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        for own in figures:
            self._function(training, own)


def test_history_holds_keras_figures_and_the_learning_rate() -> None:
    x, y = table()
    spec = SPEC.model_copy(
        update={"schedule": NetworkSpec(schedule="step_decay").schedule, "epochs": 5}
    )
    history = trained(spec, x, y, validation_data=(x, y))[1]
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"}
    assert history["learning_rate"] == pytest.approx([0.01, 0.01, 0.01, 0.005, 0.005])


def test_epochs_one_by_one_give_the_same_bits_as_several_in_a_call() -> None:
    x, y = table()
    epochs: list[int] = []
    each = AfterEpoch(lambda training, own: epochs.append(own.epoch))
    whole, single = (trained(SPEC, x, y, callbacks=own)[0] for own in ([], [each]))
    assert epochs == [0, 1, 2, 3]
    assert same_bits(whole.weights, single.weights)


@pytest.mark.parametrize(("monitor", "patience"), [("val_loss", 2), ("val_accuracy", 3)])
def test_early_stopping_ends_where_keras_ends_and_keeps_the_same_epoch(
    monitor: str, patience: int
) -> None:
    x, y = table()
    spec = SPEC.model_copy(update={"learning_rate": 0.3})
    seen: dict[int, Any] = {}
    keep = AfterEpoch(lambda training, own: seen.update({own.epoch: training.weights()}))
    stop = EarlyStopping(EarlyStoppingSpec(monitor=monitor, patience=patience))
    network = built(spec)
    history = fit(
        network, x, y, epochs=60, batch_size=16, validation_data=(x[:20], y[:20]),
        callbacks=[keep, stop],
    )  # fmt: skip
    # Keras's callback, told the same figures
    mode = "max" if monitor == "val_accuracy" else "min"
    theirs = keras.callbacks.EarlyStopping(monitor, patience=patience, mode=mode)
    theirs.set_model(keras_twin(spec))
    theirs.on_train_begin()
    for epoch in range(len(seen)):
        assert not theirs.stopped_epoch
        theirs.on_epoch_end(epoch, {name: figures[epoch] for name, figures in history.items()})
    assert len(seen) < 60
    assert (stop.state.stopped_epoch, stop.state.best_epoch, stop.state.wait) == (
        theirs.stopped_epoch, theirs.best_epoch, theirs.wait,
    )  # fmt: skip
    assert same_bits(network.weights, seen[theirs.best_epoch])
    assert not same_bits(network.weights, seen[max(seen)])


def test_training_in_two_parts_equals_training_in_one() -> None:
    x, y = table()
    spec = SPEC.model_copy(update={"dropout": 0.2})
    (whole, _), (network, _) = trained(spec, x, y), trained(spec, x, y, epochs=2)
    fit(network, x, y, initial_epoch=2, epochs=4, batch_size=16)
    assert same_bits(network.weights, whole.weights)


def test_a_snapshot_taken_within_a_training_is_resumed_from_to_the_bit() -> None:
    x, y = table()
    taken: dict[int, Any] = {}
    take = AfterEpoch(lambda training, own: taken.update({own.epoch: training.snapshot()}))
    network, _ = trained(SPEC, x, y, callbacks=[take])
    resumed = built(SPEC)
    resumed.restore(taken[1])
    fit(resumed, x, y, initial_epoch=2, epochs=4, batch_size=16)
    assert same_bits(resumed.weights, network.weights)
    for mine, other in zip(resumed.snapshot().slots, network.snapshot().slots, strict=True):
        assert same_bits(mine, other)


def test_a_stop_between_calls_ends_training_within_the_epoch() -> None:
    class Stop(Callback):
        ended = False

        def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
            assert not figures
            training.stop_requested = True

        def on_train_end(self, training: Training) -> None:
            self.ended = True

    # some thousand steps an epoch: more than one call has room for
    x, y = table(6000)
    stop = Stop()
    network = built(SPEC)
    history = fit(network, x, y, epochs=3, batch_size=2, callbacks=[stop])
    training = network.training
    assert training is not None
    assert 0 < training.step == training.iterations < training.steps_per_epoch == 3000
    assert stop.ended
    assert history["loss"] == []


def test_an_exception_of_a_callback_ends_the_training_and_comes_out() -> None:
    def fail(training: Training, own: Figures) -> None:
        raise RuntimeError("so be it")

    x, y = table()
    network = built(SPEC)
    with pytest.raises(RuntimeError, match="so be it"):
        fit(network, x, y, epochs=4, batch_size=16, callbacks=[AfterEpoch(fail)])
    assert network.training is not None
    assert same_bits(network.weights, network.training.weights())


def test_validation_rows_beyond_one_call_are_all_counted() -> None:
    x, y = table(3000)
    network, history = trained(SPEC, x[:40], y[:40], epochs=1, validation_data=(x, y))
    twin = keras_twin(SPEC, eager=False)
    twin.set_weights(network.weights)
    loss, accuracy = twin.evaluate(x, y, batch_size=1000, verbose=0)
    assert history["val_loss"][-1] == pytest.approx(loss, rel=1e-5)
    assert history["val_accuracy"][-1] == pytest.approx(accuracy, abs=1e-6)


def test_nan_is_reported_as_keras_reports_it() -> None:
    x, y = table()
    x[3, 1] = np.nan
    history = trained(SPEC, x, y, epochs=1)[1]
    assert np.isnan(history["loss"][0])
