"""Tables and comparisons shared by the parity tests."""

from typing import Any

import keras
import numpy as np

from engine.keras_adapter.build import build
from engine.keras_adapter.network import Network
from engine.specs import NetworkSpec

FEATURES, CLASSES = 5, 3
SILENT = {"verbose": 0}


def table(rows: int = 60, seed: int = 0) -> tuple[Any, Any]:
    """Rows of three classes that a small network can learn."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, FEATURES)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] ** 2 > 0.5).astype(np.int64) + (x[:, 2] > 0.3)
    return x, y


def plain_twin(spec: NetworkSpec) -> keras.Sequential:
    """The same network as plain Keras trains it, step by step."""
    source = build(spec, FEATURES, CLASSES)
    twin = source.plain()
    twin.compile(
        optimizer=source.optimizer,
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
        run_eagerly=True,
    )
    if source.epoch_rate is not None:
        rate = source.epoch_rate
        twin.rate_callbacks = [keras.callbacks.LearningRateScheduler(lambda epoch: rate(epoch))]
    return twin


def plain_fit(twin: keras.Sequential, x: Any, y: Any, **kwargs: Any) -> dict[str, list[float]]:
    """Keras's own fit, with the callback that a step decay needs."""
    callbacks = list(getattr(twin, "rate_callbacks", ()))
    history = twin.fit(x, y, callbacks=callbacks, **SILENT, **kwargs)
    return dict(history.history)


def trained(spec: NetworkSpec, x: Any, y: Any, **kwargs: Any) -> Network:
    """The spec's network after `fit`, which must not have handed over to Keras."""
    network = build(spec, FEATURES, CLASSES)
    options = {"epochs": spec.epochs, "batch_size": spec.batch_size, **SILENT, **kwargs}
    network.fit(x, y, **options)
    assert network.handed_over == ""
    return network


def same_bits(a: Any, b: Any) -> bool:
    """Whether two lists of arrays are equal to the bit."""
    return all(u.tobytes() == v.tobytes() for u, v in zip(a, b, strict=True))
