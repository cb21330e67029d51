"""What an entry of a kind names and does not import: its classes, and the libraries it needs."""

from functools import cache
from importlib import import_module
from typing import Any, Literal

# pandas and scikit-learn; JAX, too; scikeras and Keras Tuner with their TensorFlow, too
Libraries = Literal["data", "trainer", "tensorflow"]


@cache
def class_at(place: str) -> type[Any]:
    """The class at `module:class`; a command uses few of all that there are."""
    module, _, name = place.partition(":")
    found: type[Any] = getattr(import_module(module), name)
    return found
