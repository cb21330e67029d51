"""A Keras model that trains on the compiled program."""

from collections.abc import Callable
from typing import Any

import keras


class Network(keras.Sequential):  # type: ignore[misc]
    """A dense classifier; `epoch_rate` gives the learning rate at each epoch's begin, if it does.

    `seed` decides shuffling.
    """

    def __init__(self, layers: list[Any] | None = None, name: str = "network") -> None:
        super().__init__(layers, name=name)
        self.epoch_rate: Callable[[int], float] | None = None
        self.seed = 0

    def fit(self, *args: Any, **kwargs: Any) -> Any:
        """Train as `keras.Model.fit` does."""
        if self.epoch_rate is not None:
            scheduler = keras.callbacks.LearningRateScheduler(self.epoch_rate)
            kwargs["callbacks"] = [scheduler, *(kwargs.get("callbacks") or ())]
        return super().fit(*args, **kwargs)
