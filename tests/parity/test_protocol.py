"""Keras's protocol on the compiled program: callbacks, stopping, continuing, handing over."""

from typing import Any

import keras
import numpy as np
import pytest

from engine.keras_adapter.build import build
from engine.keras_adapter.loop import Progress
from engine.keras_adapter.network import Network
from engine.specs import NetworkSpec

from .tables import CLASSES, FEATURES, SILENT, plain_twin, same_bits, table, trained

SPEC = NetworkSpec(hidden_layers=(20, 20), epochs=4, learning_rate=0.01)


class Recorder(keras.callbacks.Callback):  # type: ignore[misc]
    """Notes what it is told, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Any] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.told.append("train begins")

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.told.append(("epoch begins", epoch))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.told.append(("epoch ends", epoch, sorted(set(logs) - {"learning_rate"})))

    def on_test_begin(self, logs: Any = None) -> None:
        self.told.append("test begins")

    def on_test_end(self, logs: Any = None) -> None:
        self.told.append(("test ends", sorted(logs)))

    def on_train_end(self, logs: Any = None) -> None:
        self.told.append(("train ends", sorted(set(logs) - {"learning_rate"})))


class BatchRecorder(Recorder):
    """Wants every batch as well."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.told.append(("batch begins", batch))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.told.append(("batch ends", batch, sorted(logs)))


@pytest.mark.parametrize("recorder", [Recorder, BatchRecorder])
def test_callbacks_are_told_what_keras_tells_them(recorder: type[Recorder]) -> None:
    x, y = table(40)
    ours, theirs = recorder(), recorder()
    options = {"epochs": 2, "batch_size": 16, "validation_data": (x, y), **SILENT}
    trained(SPEC, x, y, callbacks=[ours], **options)
    plain_twin(SPEC).fit(x, y, callbacks=[theirs], **options)
    assert ours.told == theirs.told


def test_batch_by_batch_gives_the_same_bits_as_whole_epochs() -> None:
    x, y = table()
    whole, parts = trained(SPEC, x, y), trained(SPEC, x, y, callbacks=[BatchRecorder()])
    assert same_bits(whole.get_weights(), parts.get_weights())


def test_history_holds_keras_figures_and_the_learning_rate() -> None:
    x, y = table()
    spec = SPEC.model_copy(
        update={"schedule": NetworkSpec(schedule="step_decay").schedule, "epochs": 5}
    )
    history = trained(spec, x, y, validation_data=(x, y)).history.history
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"}
    assert history["learning_rate"] == pytest.approx([0.01, 0.01, 0.01, 0.005, 0.005])


def test_early_stopping_restores_the_best_epochs_weights() -> None:
    x, y = table()
    seen: dict[int, Any] = {}
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.update({epoch: network.get_weights()})
    )
    stop = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    network = build(SPEC.model_copy(update={"learning_rate": 0.3}), FEATURES, CLASSES)
    network.fit(x, y, epochs=60, batch_size=16, validation_data=(x[:20], y[:20]),
                callbacks=[keep, stop], **SILENT)  # fmt: skip
    assert len(seen) < 60
    assert same_bits(network.get_weights(), seen[stop.best_epoch])
    assert not same_bits(network.get_weights(), seen[max(seen)])
    best = min(network.history.history["val_loss"])
    assert network.evaluate(x[:20], y[:20], verbose=0)[0] == pytest.approx(best, rel=1e-5)


def test_callbacks_find_out_which_way_a_metric_is_better() -> None:
    x, y = table()
    stop = keras.callbacks.EarlyStopping("val_accuracy", patience=0, min_delta=1.0)
    network = trained(SPEC, x, y, validation_data=(x, y), callbacks=[stop])
    assert len(network.history.history["loss"]) == 2


def test_callbacks_that_change_the_learning_rate_are_heeded() -> None:
    x, y = table()
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    history = trained(SPEC, x, y, callbacks=[halve]).history.history
    assert history["learning_rate"] == pytest.approx([0.005, 0.0025, 0.00125, 0.000625])


def test_weights_set_by_a_callback_are_trained_on() -> None:
    x, y = table()
    zero = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: network.set_weights(
            [np.zeros_like(w) for w in network.get_weights()]
        )
    )
    network = build(SPEC, FEATURES, CLASSES)
    network.fit(x, y, epochs=2, batch_size=16, callbacks=[zero], shuffle=False, **SILENT)
    assert all(not w.any() for w in network.get_weights())


def test_training_in_two_parts_equals_training_in_one(tmp_path: Any) -> None:
    x, y = table()
    spec = SPEC.model_copy(update={"dropout": 0.2})
    whole = trained(spec, x, y, epochs=4)
    parts = trained(spec, x, y, epochs=2)
    parts.save_weights(tmp_path / "w.weights.h5")
    resumed = build(spec, FEATURES, CLASSES)
    resumed.optimizer.build(resumed.trainable_variables)
    resumed.load_weights(tmp_path / "w.weights.h5")
    for network in (parts, resumed):
        network.fit(x, y, initial_epoch=2, epochs=4, batch_size=16, **SILENT)
        assert same_bits(network.get_weights(), whole.get_weights())


def test_a_snapshot_taken_by_a_callback_is_gone_on_from_to_the_bit() -> None:
    x, y = table()
    taken: dict[int, Any] = {}
    take = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: taken.update({epoch: network.snapshot()})
    )
    network = build(SPEC, FEATURES, CLASSES)
    network.fit(x, y, epochs=4, batch_size=16, callbacks=[take], **SILENT)
    resumed = build(SPEC, FEATURES, CLASSES)
    resumed.restore(taken[1])
    resumed.fit(x, y, initial_epoch=2, epochs=4, batch_size=16, **SILENT)
    assert same_bits(resumed.get_weights(), network.get_weights())
    shown = [v.numpy() for v in resumed.optimizer.variables]
    assert same_bits(shown, [v.numpy() for v in network.optimizer.variables])


def test_a_stop_between_calls_ends_training_within_the_epoch() -> None:
    class Stop(keras.callbacks.Callback):  # type: ignore[misc]
        def on_call_end(self, progress: Progress) -> None:
            self.at = progress
            self.model.stop_training = True

    # some thousand steps an epoch: more than one call has room for
    x, y = table(6000)
    stop, record = Stop(), Recorder()
    network = build(SPEC, FEATURES, CLASSES)
    network.fit(x, y, epochs=3, batch_size=2, callbacks=[stop, record], **SILENT)
    assert 0 < stop.at.step < stop.at.steps == 3000
    assert record.told == ["train begins", ("epoch begins", 0), ("train ends", [])]
    assert int(network.optimizer.iterations) == stop.at.step


def test_validation_rows_beyond_one_call_are_all_counted() -> None:
    x, y = table(3000)
    network = trained(SPEC, x[:40], y[:40], epochs=1, validation_data=(x, y))
    loss, accuracy = network.evaluate(x, y, verbose=0)
    history = network.history.history
    assert history["val_loss"][-1] == pytest.approx(loss, rel=1e-5)
    assert history["val_accuracy"][-1] == pytest.approx(accuracy, abs=1e-6)


def test_validation_split_takes_the_last_rows_as_keras_does() -> None:
    x, y = table()
    held = trained(SPEC, x[:45], y[:45], validation_data=(x[45:], y[45:]))
    split = trained(SPEC, x, y, validation_split=0.25)
    assert split.history.history == held.history.history


def test_what_the_program_does_not_cover_goes_to_keras_with_the_reason() -> None:
    x, y = table(40)
    network = Network(
        [
            keras.Input((FEATURES,)),
            keras.layers.Dense(8, activation="relu", name="first"),
            keras.layers.LayerNormalization(name="norm"),
            keras.layers.Dense(CLASSES, activation="softmax", name="output"),
        ]
    )
    network.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=True
    )
    history = network.fit(x, y, epochs=1, verbose=0).history
    assert "norm" in network.handed_over
    assert set(history) == {"loss", "accuracy"}
    assert network.predict(x, verbose=0).shape == (40, CLASSES)


def test_nan_is_reported_as_keras_reports_it() -> None:
    x, y = table()
    x[3, 1] = np.nan
    history = trained(SPEC, x, y, epochs=1).history.history
    assert np.isnan(history["loss"][0])
