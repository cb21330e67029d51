"""The trainer beside Keras itself, in this process: JAX is set up as the engine does it."""

from engine.environment.variables import CACHE
from engine.trainer import runtime

runtime.set_up(2, CACHE.value())
