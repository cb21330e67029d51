"""Tables, networks and comparisons shared by the parity tests."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from engine.keras_adapter.build import build
from engine.keras_adapter.xla_sequential import XlaSequential, compilation
from engine.specs.network import NetworkSpec
from engine.trainer.batching import permutation
from engine.trainer.learning_rates import spec_rates

FEATURES, CLASSES = 5, 3


def table(rows: int = 60, seed: int = 0) -> tuple[Any, Any]:
    """Rows of three classes that a small network can learn."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, FEATURES)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] ** 2 > 0.5).astype(np.int64) + (x[:, 2] > 0.3)
    return x, y


def keras_twin(spec: NetworkSpec, *, eager: bool = True) -> keras.Sequential:
    """The same network as plain Keras trains it (`keras_fit`).

    Step by step, or as Keras's own graph (`eager` False): a second to trace, and three times as
    fast from then on.
    """
    source = build(spec, FEATURES, CLASSES)
    twin = source.plain()
    twin.compile(optimizer=source.optimizer, run_eagerly=eager, **compilation())
    rates = spec_rates(spec.schedule, spec.learning_rate)
    if isinstance(source.optimizer.get_config()["learning_rate"], float):
        # Keras has no such schedule: the rate is set at the beginning of each epoch
        twin.rate_of = lambda epoch: float(rates(epoch, np.zeros(1))[0])
    twin.order_seed = spec.seed
    return twin


def keras_fit(
    twin: keras.Sequential, x: Any, y: Any, *, batch_size: int, epochs: int,
    initial_epoch: int = 0, sample_weight: Any = None, callbacks: Any = (), **rest: Any,
) -> dict[str, list[float]]:  # fmt: skip
    """Keras's own fit on rows in our order, in one call; the figures of each epoch."""
    columns = (x, y) if sample_weight is None else (x, y, sample_weight)

    def batches() -> Iterator[tuple[Any, ...]]:
        for epoch in range(initial_epoch, epochs):
            order = permutation(twin.order_seed, epoch, len(x))
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


def trained(spec: NetworkSpec, x: Any, y: Any, **kwargs: Any) -> XlaSequential:
    """The spec's network after `fit`."""
    network = build(spec, FEATURES, CLASSES)
    network.fit(x, y, **{"epochs": spec.epochs, "batch_size": spec.batch_size, **kwargs})
    return network


def same_bits(a: Any, b: Any) -> bool:
    """Whether two lists of arrays are equal to the bit."""
    return all(u.tobytes() == v.tobytes() for u, v in zip(a, b, strict=True))
