"""Keras: a new model for each training, compiled and fitted, as its guides do. It has no fleets."""

from collections.abc import Callable

from benchmarks.peers.work import Data, Size, answer
from engine.trainer import runtime


def prepare(size: Size, data: Data, fleet: bool) -> Callable[[list[int]], list[float]] | None:
    """Nothing is kept between two trainings: Keras traces each new model."""
    from benchmarks.trainer import peers

    if fleet:
        return None
    own = peers.Data(data.x, data.y, data.xv, data.yv)
    return lambda seeds: [peers.keras_training(own, size.hidden, size.epochs, size.batch)]


if __name__ == "__main__":
    # only then may Keras be imported, where it is compared with ours on equal terms
    runtime.set_up(2)
    import keras
    import tensorflow as tf

    answer(prepare, {"keras": keras.__version__, "tensorflow": tf.__version__})
