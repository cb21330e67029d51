"""A dense classifier and its optimizer as plain numbers: what the compiled program trains."""

from dataclasses import dataclass

from engine.trainer.shapes import Layout, Shapes, layout, padded_batch, padded_features


class NotCovered(Exception):
    """A model or setting that the compiled program does not cover; the text says which."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """One hidden layer. `seed` decides its dropout."""

    units: int
    kernel_l1: float = 0.0
    kernel_l2: float = 0.0
    activity_l1: float = 0.0
    activity_l2: float = 0.0
    dropout: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer's name and constants, with Keras's formulas and defaults.

    Constants of other optimizers stay at their defaults.
    """

    name: str
    momentum: float = 0.0
    weight_decay: float = 0.0
    beta_1: float = 0.9
    beta_2: float = 0.999
    rho: float = 0.9
    epsilon: float = 1e-7


@dataclass(frozen=True, slots=True)
class Settings:
    """A dense softmax classifier and its optimizer."""

    features: int
    hidden: tuple[Hidden, ...]
    classes: int
    activation: str
    optimizer: Optimizer

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
