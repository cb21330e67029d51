"""The process-wide set-up of TensorFlow, done once before its first kernel.

Thread counts, op determinism and the oneDNN flag all change the last bits of a
result, so they are fixed here; `engine.environment.provenance` reports them with every run.
"""

import threading
from pathlib import Path
from typing import Final

from engine.environment.isolation import set_libraries, without
from engine.trainer.kept_programs import keep_programs

GLOBAL_SEED: Final = 20221125
_done = threading.Event()


def set_up(threads: int, cache: Path | None = None) -> None:
    """Load TensorFlow and fix everything process-wide; later calls change nothing.

    `threads` is the number of cores to use, both within an operation and
    between operations; `cache` the private folder for compiled programs, where
    they are kept. Afterwards nobody touches the global seeds again.
    """
    if _done.is_set():
        return
    set_libraries()
    # a tenth of the time, for a gallery of pictures
    with without("matplotlib"):
        import keras
        import tensorflow as tf

    if cache is not None:
        keep_programs(cache, tf.__version__, threads)
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    keras.utils.set_random_seed(GLOBAL_SEED)
    tf.config.experimental.enable_op_determinism()
    _done.set()
