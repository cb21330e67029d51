"""Networks that are trained many times over: built once, begun again for each training.

A search has `Networks` of its own; trainings that follow each other share those
of `lender`, which this module keeps for the whole process.
"""

import threading
from typing import Any

import numpy as np

from engine.keras_adapter.build import build, initial_weights, reseed
from engine.keras_adapter.network import Network, Snapshot
from engine.specs.network import NetworkSpec

Array = np.ndarray[Any, Any]
# what a network is not built with
_BESIDE = ("seed", "epochs", "batch_size", "early_stopping", "class_weight")
# networks kept while nobody has borrowed them
_HELD = 4
# tables of different width for which networks are kept
_TABLES = 4


class Networks:
    """Lends networks as `build` makes them, to the bit, without building each anew.

    Building costs more than a short training. May be used by several threads; a
    network belongs to its borrower until it is given back.
    """

    def __init__(self, features: int, classes: int) -> None:
        self._sizes = (features, classes)
        self._idle: list[tuple[NetworkSpec, Network]] = []
        self._initial: tuple[Any, list[Array]] = (None, [])
        self._lock = threading.Lock()

    def lend(self, spec: NetworkSpec, seed: int) -> Network:
        """A network of `spec` that has not been trained, begun from `seed`."""
        kind = _kind(spec)
        with self._lock:
            found = next((pair for pair in self._idle if pair[0] == kind), None)
            if found is not None:
                self._idle.remove(found)
        if found is None:
            return build(spec, *self._sizes, seed=seed)
        self._begin_again(found[1], spec, seed)
        return found[1]

    def give_back(self, spec: NetworkSpec, network: Network) -> None:
        """The network that was lent for `spec` is no longer used."""
        with self._lock:
            self._idle = [*self._idle, (_kind(spec), network)][-_HELD:]

    def _begin_again(self, network: Network, spec: NetworkSpec, seed: int) -> None:
        weights = self._weights(spec, seed)
        network.restore(Snapshot(weights, no_slots(network), 0))
        if _constant(spec):
            network.held_optimizer.learning_rate = spec.learning_rate
        if network.seed != seed:
            reseed(network, spec, seed)

    def _weights(self, spec: NetworkSpec, seed: int) -> list[Array]:
        key = (spec.hidden_layers, spec.initializer, seed)
        # one reference, read and replaced as a whole: another thread may be here, too
        kept = self._initial
        if kept[0] != key:
            kept = (key, initial_weights(spec, *self._sizes, seed=seed))
            self._initial = kept
        return kept[1]


_lenders: dict[tuple[int, int], Networks] = {}
_lenders_lock = threading.Lock()


def lender(features: int, classes: int) -> Networks:
    """The process's own networks for tables of so many features and classes."""
    with _lenders_lock:
        found = _lenders.pop((features, classes), None) or Networks(features, classes)
        _lenders[features, classes] = found
        if len(_lenders) > _TABLES:
            del _lenders[next(iter(_lenders))]
        return found


def no_slots(network: Network) -> list[list[Array]]:
    """The state of an optimizer that has done no step: zeros, in Keras's order."""
    count = network.training.shapes.slots if network.training is not None else 0
    return [[np.zeros(v.shape, np.float32) for v in network.weights] for _ in range(count)]


def _constant(spec: NetworkSpec) -> bool:
    return spec.schedule.name == "constant"


def _kind(spec: NetworkSpec) -> NetworkSpec:
    """What two networks must have alike for one to stand in for the other."""
    beside = (*_BESIDE, "learning_rate") if _constant(spec) else _BESIDE
    return NetworkSpec.model_construct(
        **{n: getattr(spec, n) for n in NetworkSpec.model_fields if n not in beside}
    )
