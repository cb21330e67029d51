"""Tables, networks and comparisons shared by the parity tests."""

from typing import Any

import keras
import numpy as np

from engine.keras_adapter.build import build
from engine.keras_adapter.xla_sequential import XlaSequential, compilation
from engine.specs import NetworkSpec
from engine.trainer.batching import permutation
from engine.trainer.learning_rates import spec_rates

FEATURES, CLASSES = 5, 3


def table(rows: int = 60, seed: int = 0) -> tuple[Any, Any]:
    """Rows of three classes that a small network can learn."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, FEATURES)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] ** 2 > 0.5).astype(np.int64) + (x[:, 2] > 0.3)
    return x, y


def keras_twin(spec: NetworkSpec) -> keras.Sequential:
    """The same network as plain Keras trains it, step by step (`keras_fit`)."""
    source = build(spec, FEATURES, CLASSES)
    twin = source.plain()
    twin.compile(optimizer=source.optimizer, run_eagerly=True, **compilation())
    rates = spec_rates(spec.schedule, spec.learning_rate)
    if isinstance(source.optimizer.get_config()["learning_rate"], float):
        # Keras has no such schedule: the rate is set at the beginning of each epoch
        twin.rate_of = lambda epoch: float(rates(epoch, np.zeros(1))[0])
    twin.order_seed = spec.seed
    return twin


def keras_fit(
    twin: keras.Sequential, x: Any, y: Any, *, epochs: int, initial_epoch: int = 0, **rest: Any
) -> dict[str, list[float]]:
    """Keras's own fit on rows in our order, epoch by epoch; the figures of each."""
    weights = rest.pop("sample_weight", None)
    found: dict[str, list[float]] = {}
    for epoch in range(initial_epoch, epochs):
        order = permutation(twin.order_seed, epoch, len(x))
        if hasattr(twin, "rate_of"):
            twin.optimizer.learning_rate = twin.rate_of(epoch)
        history = twin.fit(
            x[order], y[order], sample_weight=None if weights is None else weights[order],
            shuffle=False, verbose=0, **rest,
        ).history  # fmt: skip
        for name, figures in history.items():
            found.setdefault(name, []).extend(figures)
    return found


def trained(spec: NetworkSpec, x: Any, y: Any, **kwargs: Any) -> XlaSequential:
    """The spec's network after `fit`."""
    network = build(spec, FEATURES, CLASSES)
    network.fit(x, y, **{"epochs": spec.epochs, "batch_size": spec.batch_size, **kwargs})
    return network


def same_bits(a: Any, b: Any) -> bool:
    """Whether two lists of arrays are equal to the bit."""
    return all(u.tobytes() == v.tobytes() for u, v in zip(a, b, strict=True))
