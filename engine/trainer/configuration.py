"""A dense classifier and its optimizer as plain numbers: what the compiled program trains."""

from dataclasses import dataclass

from engine.specs.network import PER_LAYER, NetworkSpec
from engine.specs.optimizers import OPTIMIZERS as OPTIMIZER_NAMES
from engine.trainer.optimizers import OptimizerConfig
from engine.trainer.seeds import DROPOUT, derived_seed
from engine.trainer.shapes import Layout, Shapes, layout, padded_batch, padded_features


@dataclass(frozen=True, slots=True)
class HiddenLayer:
    """One hidden layer: its width, its penalties (factors of |w| and w²), its dropout rate.

    `seed` decides the dropout's draws; 0 without dropout.
    """

    units: int
    kernel_l1: float = 0.0
    kernel_l2: float = 0.0
    activity_l1: float = 0.0
    activity_l2: float = 0.0
    dropout: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """A dense softmax classifier and its optimizer."""

    features: int
    hidden: tuple[HiddenLayer, ...]
    classes: int
    activation: str
    optimizer: OptimizerConfig

    @property
    def layout(self) -> Layout:
        """Where the hidden layers sit in the padded arrays."""
        return layout(tuple(layer.units for layer in self.hidden))

    def shapes(self, batch_size: int) -> Shapes:
        """The shapes of the program that trains this network."""
        return Shapes(
            features=padded_features(self.features),
            runs=self.layout.runs,
            classes=padded_features(self.classes),
            batch=padded_batch(batch_size),
            activation=self.activation if self.hidden else "relu",
            optimizer=self.optimizer.name,
            momentum=self.optimizer.momentum > 0,
            penalties=any(
                h.kernel_l1 or h.kernel_l2 or h.activity_l1 or h.activity_l2 for h in self.hidden
            ),
            dropout=any(h.dropout for h in self.hidden),
        )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Features, units of every hidden layer, classes."""
        return (self.features, *(layer.units for layer in self.hidden), self.classes)


def configured(network: NetworkSpec, features: int, classes: int) -> NetworkConfig:
    """The network of a spec on a table of so many features and classes."""
    columns = zip(*(network.per_layer(name) for name in PER_LAYER), strict=True)
    hidden = []
    for i, (units, values) in enumerate(zip(network.hidden_layers, columns, strict=True), start=1):
        own = dict(zip(PER_LAYER, map(float, values), strict=True))
        drops = derived_seed(network.seed, DROPOUT, i) if own["dropout"] else 0
        hidden.append(HiddenLayer(units, **own, seed=drops))
    used = OPTIMIZER_NAMES[network.optimizer].uses
    return NetworkConfig(
        features,
        tuple(hidden),
        classes,
        network.activation if hidden else "relu",
        OptimizerConfig(network.optimizer, **{name: getattr(network, name) for name in used}),
    )
