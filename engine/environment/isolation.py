"""What of the environment reaches the engine, and how it is kept inside the home folder.

The engine's environment is made from the tables below alone. Any other variable, of TensorFlow,
Keras, NumPy, scikit-learn, OpenMP, matplotlib, Python or the locale, does not get there, so that
it can neither change a figure nor lead a file elsewhere.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final

from engine.environment.interpreter import WITHOUT_PLUGINS, python_variables
from engine.environment.machine import usable_threads
from engine.environment.variables import VARIABLES

# what libraries read while they are imported
LIBRARIES: Final = {
    # C++ log lines would be drawn over the screen; the three together leak none
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    # no other device is looked for
    "JAX_PLATFORMS": "cpu",
    "KERAS_BACKEND": "tensorflow",
    # keras.json (float type, epsilon, image format) is neither read nor written
    "KERAS_HOME": os.devnull,
    # no window is opened, and no matplotlibrc is read
    "MPLBACKEND": "agg",
    "MATPLOTLIBRC": os.devnull,
    **WITHOUT_PLUGINS,
}
_PROCESS: Final = {
    # no program is looked for: fc-list, uname and lscpu would tell nothing that is used
    "PATH": os.devnull,
    # text is UTF-8, whatever the person's locale
    "LC_ALL": "C.UTF-8",
    "PYTHONUTF8": "1",
    # sets of text have the same order in every engine
    "PYTHONHASHSEED": "0",
}
# Linear algebra keeps to the thread that asks: for the small matrices of a fit the others only
# wait for each other (a logistic regression on the penguins takes four times as long with two),
# and sums made by several come in an order that depends on how many there are.
_BLAS: Final = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
_PASSED: Final = (
    # the times in the log are the person's; no figure knows a time zone
    "TZ",
    # whether compiled modules are kept beside their sources
    "PYTHONDONTWRITEBYTECODE",
    # this program's own: limits, and for tests further kinds of run
    *(variable.name for variable in VARIABLES),
)
# Without them Python or a library may not work on a machine, with them figures may be others:
# they are passed on, and part of a run's provenance.
IN_PROVENANCE: Final = (
    # how libraries are found and linked
    "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH",
    "DYLD_INSERT_LIBRARIES", "GLIBC_TUNABLES",
    # for what processor OpenBLAS takes this one, where it guesses wrong
    "OPENBLAS_CORETYPE",
)  # fmt: skip


def engine_environment() -> dict[str, str]:
    """All variables that an engine is started with."""
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED or name in IN_PROVENANCE
    }
    threads = {"OMP_NUM_THREADS": str(usable_threads())}
    return passed | python_variables() | threads | _BLAS | _PROCESS | LIBRARIES


def set_libraries() -> None:
    """Set in this process what the libraries read; call before they are imported."""
    os.environ.update(LIBRARIES)


@contextmanager
def without(package: str) -> Iterator[None]:
    """Let what is imported meanwhile do without `package`, as where it is not installed.

    For packages that a library would load for what is never used here.
    """
    missing = object()
    before = sys.modules.get(package, missing)
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]
        if before is not missing:
            sys.modules[package] = before  # type: ignore[assignment]


def load_pandas() -> None:
    """Load it without pyarrow, which the extra `formats` brings.

    That would take a second and 170 MB, and read texts in another way, for what a process of its
    own does (`engine.sources.streams`).
    """
    with without("pyarrow"):
        import_module("pandas")


def load_keras() -> None:
    """Load it with its TensorFlow, which scikeras and Keras Tuner bring, without matplotlib.

    That would take a tenth of the time, for a gallery of pictures.
    """
    set_libraries()
    with without("matplotlib"):
        import_module("keras")


def load_seaborn() -> None:
    """Load it after pandas, without SciPy, which it would use for densities and dendrograms alone.

    That would take as long as seaborn itself, for what no figure shows.
    """
    load_pandas()
    with without("scipy"):
        import_module("seaborn")


def stay_inside(work: Path, cache: Path) -> None:
    """Let this process and its libraries write to these folders alone.

    `work` goes with the process; `cache` stays, so that matplotlib lists the fonts once.
    """
    for name in ("HOME", "TMPDIR", "JOBLIB_TEMP_FOLDER"):
        os.environ[name] = str(work)
    for name in ("XDG_CACHE_HOME", "MPLCONFIGDIR"):
        os.environ[name] = str(cache)
    os.chdir(work)


def provenance_variables() -> dict[str, str]:
    """The variables of this process that may change figures and are passed on."""
    return {name: os.environ[name] for name in IN_PROVENANCE if name in os.environ}
