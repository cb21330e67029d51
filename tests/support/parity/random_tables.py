"""Tables, networks and comparisons shared by the parity tests."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engine.specs.network import NetworkSpec
from engine.trainer.batching import RowOrder, Rows
from engine.trainer.callbacks import Callback
from engine.trainer.initial_weights import initial_weights
from engine.trainer.learning_rates import spec_rates
from engine.trainer.network import Network
from engine.trainer.training import Figures, Training
from tests.support.later import Later
from tests.support.parity.keras_models import keras_model

keras: Any = Later("keras")
tf: Any = Later("tensorflow")

FEATURES, CLASSES = 5, 3


def table(rows: int = 60, seed: int = 0) -> tuple[Any, Any]:
    """Rows of three classes that a small network can learn."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, FEATURES)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] ** 2 > 0.5).astype(np.int64) + (x[:, 2] > 0.3)
    return x, y


def keras_twin(spec: NetworkSpec, *, eager: bool = True) -> Any:
    """The same network as plain Keras trains it (`keras_fit`).

    Step by step, or as Keras's own graph (`eager` False): a second to trace, and three times as
    fast from then on.
    """
    twin = keras_model(spec, FEATURES, CLASSES, eager=eager)
    twin.set_weights(initial_weights(spec, FEATURES, CLASSES))
    rates = spec_rates(spec.schedule, spec.learning_rate)
    if isinstance(twin.optimizer.get_config()["learning_rate"], float):
        # Keras has no such schedule: the rate is set at the beginning of each epoch
        twin.rate_of = lambda epoch: float(rates(epoch, np.zeros(1))[0])
    twin.order_seed = spec.seed
    return twin


def keras_fit(
    twin: Any, x: Any, y: Any, *, batch_size: int, epochs: int,
    initial_epoch: int = 0, sample_weight: Any = None, callbacks: Any = (), **rest: Any,
) -> dict[str, list[float]]:  # fmt: skip
    """Keras's own fit on rows in our order, in one call; the figures of each epoch."""
    columns = (x, y) if sample_weight is None else (x, y, sample_weight)

    def batches() -> Iterator[tuple[Any, ...]]:
        for epoch in range(initial_epoch, epochs):
            order = RowOrder(twin.order_seed).of(epoch, len(x))
            for first in range(0, len(x), batch_size):
                yield tuple(column[order[first : first + batch_size]] for column in columns)

    signature = tuple(tf.TensorSpec([None, *column.shape[1:]], column.dtype) for column in columns)
    rates = [keras.callbacks.LearningRateScheduler(lambda epoch, rate: twin.rate_of(epoch))]
    history: dict[str, list[float]] = twin.fit(
        tf.data.Dataset.from_generator(batches, output_signature=signature),
        steps_per_epoch=-(-len(x) // batch_size), epochs=epochs, initial_epoch=initial_epoch,
        callbacks=[*(rates if hasattr(twin, "rate_of") else []), *callbacks],
        validation_batch_size=batch_size, shuffle=False, verbose=0, **rest,
    ).history  # fmt: skip
    return history


class Recorder(Callback):
    """Keeps the figures of a training."""

    def __init__(self) -> None:
        self.figures: list[Figures] = []

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        self.figures += figures

    @property
    def history(self) -> dict[str, list[float]]:
        """Those of all epochs by name, as Keras's history has them."""
        found: dict[str, list[float]] = {name: [] for name in Figures.__slots__[1:]}
        for own in self.figures:
            for name, value in own.by_name().items():
                found[name].append(value)
        return found


def fit(
    network: Network, x: Any, y: Any, *, batch_size: int, epochs: int, initial_epoch: int = 0,
    sample_weight: Any = None, validation_data: Any = None, callbacks: Sequence[Callback] = (),
) -> dict[str, list[float]]:  # fmt: skip
    """Train our network, with the arguments of `keras.Model.fit`; the figures of each epoch."""
    recorder = Recorder()
    network.train(
        Rows.of(x, y, sample_weight),
        Rows.of(*validation_data) if validation_data is not None else None,
        epochs=epochs, batch_size=batch_size, initial_epoch=initial_epoch,
        callbacks=[*callbacks, recorder],
    )  # fmt: skip
    return recorder.history


def built(spec: NetworkSpec) -> Network:
    """The spec's network on tables of this module, not yet trained."""
    return Network.build(spec, FEATURES, CLASSES)


def trained(spec: NetworkSpec, x: Any, y: Any, **options: Any) -> tuple[Network, dict[str, Any]]:
    """The spec's network after `fit`, and its figures."""
    network = built(spec)
    options = {"epochs": spec.epochs, "batch_size": spec.batch_size} | options
    return network, fit(network, x, y, **options)


def weights_of(spec: NetworkSpec, x: Any, y: Any) -> Sequence[Any]:
    """Of the spec's network after `fit`."""
    return trained(spec, x, y)[0].weights


def same_bits(a: Any, b: Any) -> bool:
    """Whether two lists of arrays are equal to the bit."""
    return all(u.tobytes() == v.tobytes() for u, v in zip(a, b, strict=True))
