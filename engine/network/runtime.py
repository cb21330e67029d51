"""The process-wide set-up of TensorFlow, done once before its first kernel.

Thread counts, op determinism and the oneDNN flag all change the last bits of a
result, so they are fixed here and reported for a run's provenance.
"""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from engine.errors import EngineError

ENVIRONMENT: Final = {
    # C++ log lines would be drawn over the screen; the three together leak none
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
}
GLOBAL_SEED: Final = 20221125
# distributions to look for; TensorFlow comes under either of two names
_LIBRARIES: Final = {
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "keras": ("keras",),
    "numpy": ("numpy",),
    "scikit-learn": ("scikit-learn",),
    "pandas": ("pandas",),
    "keras-tuner": ("keras-tuner",),
    "scikeras": ("scikeras",),
}
_done: list["Runtime"] = []


@dataclass(frozen=True, slots=True)
class Runtime:
    """What decides the bits of a result, beside spec, data and seed."""

    threads: int
    onednn: bool
    python: str
    versions: dict[str, str]


def set_environment() -> None:
    """Set the variables TensorFlow reads while it is imported; call before the import."""
    os.environ.update(ENVIRONMENT)


def set_up(threads: int) -> Runtime:
    """Load TensorFlow and fix everything process-wide; later calls return the first's report.

    `threads` is the number of cores to use, both within an operation and
    between operations. Afterwards nobody touches the global seeds again.
    """
    if _done:
        return _done[0]
    set_environment()
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    keras.utils.set_random_seed(GLOBAL_SEED)
    tf.config.experimental.enable_op_determinism()
    _done.append(describe(threads))
    return _done[0]


def describe(threads: int) -> Runtime:
    """The versions and flags in use, without loading anything."""
    return Runtime(
        threads=threads,
        onednn=os.environ.get("TF_ENABLE_ONEDNN_OPTS") != "0",
        python=platform.python_version(),
        versions={name: _version(candidates) for name, candidates in _LIBRARIES.items()},
    )


def _version(candidates: tuple[str, ...]) -> str:
    for name in candidates:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    raise EngineError(
        f"The package {candidates[0]} is not installed.", "Run make run again to install it."
    )
