"""Networks that are trained many times over: built once, begun again for each training."""

from typing import Any

import keras
import numpy as np

from engine.network.build import build, initial_weights
from engine.network.network import Network, Snapshot
from engine.network.seeds import DROPOUT, derived_seed
from engine.specs.network import NetworkSpec

Array = np.ndarray[Any, Any]
# what a network is not built with
_BESIDE = ("seed", "epochs", "batch_size", "early_stopping", "class_weight")
# architectures held at a time
_HELD = 4


class Networks:
    """Hands out networks as `build` makes them, to the bit, without building each anew.

    Building costs more than a short training. A network belongs to its borrower
    until the next call; who needs its weights for longer copies them.
    """

    def __init__(self, features: int, classes: int) -> None:
        self._sizes = (features, classes)
        self._held: dict[NetworkSpec, Network] = {}
        self._initial: tuple[Any, list[Array]] = (None, [])

    def fresh(self, spec: NetworkSpec, seed: int) -> Network:
        """A network of `spec` that has not been trained, begun from `seed`."""
        constant = spec.schedule.name == "constant"
        beside = (*_BESIDE, "learning_rate") if constant else _BESIDE
        kind = NetworkSpec.model_construct(
            **{n: getattr(spec, n) for n in NetworkSpec.model_fields if n not in beside}
        )
        network = self._held.pop(kind, None)
        if network is None:
            network = build(spec, *self._sizes, seed=seed)
            if len(self._held) == _HELD:
                del self._held[next(iter(self._held))]
        else:
            self._begin_again(network, spec, seed, constant=constant)
        self._held[kind] = network
        return network

    def _begin_again(
        self, network: Network, spec: NetworkSpec, seed: int, *, constant: bool
    ) -> None:
        weights = self._weights(spec, seed)
        slots = network.training.shapes.slots if network.training is not None else 0
        nothing = [[np.zeros_like(array) for array in weights] for _ in range(slots)]
        network.restore(Snapshot(weights, nothing, 0))
        if constant:
            network.held_optimizer.learning_rate = spec.learning_rate
        if network.seed != seed:
            network.seed = seed
            for layer in network.layers:
                if isinstance(layer, keras.layers.Dropout):
                    number = int(layer.name.rpartition("_")[2])
                    layer.seed = derived_seed(seed, DROPOUT, number)

    def _weights(self, spec: NetworkSpec, seed: int) -> list[Array]:
        key = (spec.hidden_layers, spec.initializer, seed)
        if self._initial[0] != key:
            self._initial = (key, initial_weights(spec, *self._sizes, seed=seed))
        return self._initial[1]
