"""Networks that are trained many times over: built once, started again for each training.

A search has a `ModelPool` of its own; trainings that follow each other share those
of `shared_pool`, which this module keeps for the whole process.
"""

import threading
from functools import lru_cache
from typing import Any

import numpy as np

from engine.keras_adapter.build import KERAS_SCHEDULES, build, initial_weights, restart
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.specs.network import NetworkSpec

Array = np.ndarray[Any, Any]
# settings that a network is not built with
_NOT_BUILT_IN = ("seed", "epochs", "batch_size", "early_stopping", "class_weight")
# networks kept while nobody uses them
_KEPT_NETWORKS = 4
# tables of different width for which a pool is kept
_KEPT_POOLS = 4


class ModelPool:
    """Hands out networks as `build` makes them, to the bit, without building each again.

    Building costs more than a short training. May be used by several threads; a
    network belongs to who acquired it until it is released.
    """

    def __init__(self, features: int, classes: int) -> None:
        self._sizes = (features, classes)
        self._idle: list[tuple[NetworkSpec, XlaSequential]] = []
        self._initial: tuple[Any, list[Array]] = (None, [])
        self._lock = threading.Lock()

    def acquire(self, spec: NetworkSpec, seed: int) -> XlaSequential:
        """A network of `spec` that has not been trained, begun from `seed`."""
        kind = _kind(spec)
        with self._lock:
            found = next((pair for pair in self._idle if pair[0] == kind), None)
            if found is not None:
                self._idle.remove(found)
        if found is None:
            return build(spec, *self._sizes, seed=seed)
        restart(found[1], spec, self._weights(spec, seed), seed)
        return found[1]

    def release(self, spec: NetworkSpec, network: XlaSequential) -> None:
        """The network that was acquired for `spec` is no longer used."""
        with self._lock:
            self._idle = [*self._idle, (_kind(spec), network)][-_KEPT_NETWORKS:]

    def _weights(self, spec: NetworkSpec, seed: int) -> list[Array]:
        key = (spec.hidden_layers, spec.initializer, seed)
        # one reference, read and replaced as a whole: another thread may be here, too
        kept = self._initial
        if kept[0] != key:
            kept = (key, initial_weights(spec, *self._sizes, seed=seed))
            self._initial = kept
        return kept[1]


@lru_cache(maxsize=_KEPT_POOLS)
def shared_pool(features: int, classes: int) -> ModelPool:
    """The process's own pool for tables of so many features and classes."""
    return ModelPool(features, classes)


def _kind(spec: NetworkSpec) -> NetworkSpec:
    """What two networks must have alike for one to stand in for the other."""
    # a schedule of Keras's holds the learning rate
    free = type(spec.schedule) not in KERAS_SCHEDULES
    not_needed = (*_NOT_BUILT_IN, "learning_rate") if free else _NOT_BUILT_IN
    return NetworkSpec.model_construct(
        **{n: getattr(spec, n) for n in NetworkSpec.model_fields if n not in not_needed}
    )
