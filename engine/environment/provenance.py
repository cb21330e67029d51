"""What decides a result's bits in addition to spec and seed, and what has changed since.

A run keeps this with its figures. Running it again says what is different.
"""

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from engine.environment.isolation import provenance_variables
from engine.environment.machine import cpu_model, usable_threads
from engine.errors import EngineError
from engine.specs.data import PENGUINS
from engine.specs.run_spec import RunSpec
from engine.version import TRAINER, __version__

# distributions to look for; TensorFlow comes under either of two names
_LIBRARIES: Final = {
    "jax": ("jax",),
    "jaxlib": ("jaxlib",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "keras": ("keras",),
    "numpy": ("numpy",),
    "scikit-learn": ("scikit-learn",),
    "pandas": ("pandas",),
    "keras-tuner": ("keras-tuner",),
    "scikeras": ("scikeras",),
}
_WORDS: Final = {
    "penguin_tui": "penguin-tui",
    "trainer": "the trainer",
    "python": "Python",
    "cpu": "the processor",
    "threads": "the number of threads",
}


def current() -> dict[str, Any]:
    """Program, machine and library versions as an engine started now would have them."""
    return {
        "penguin_tui": __version__,
        "trainer": TRAINER,
        "host": platform.node(),
        "cpu": cpu_model(),
        "threads": usable_threads(),
        "python": platform.python_version(),
        "variables": provenance_variables(),
        "versions": {name: _version(names) for name, names in _LIBRARIES.items()},
    }


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """What has changed since a run was made, each as 'keras was 3.14.0, is 3.15.1'."""
    if then:
        # one that was never begun has none
        then = {**then, "trainer": trainer_of(then)}
    pairs = [(word, then.get(key), now.get(key)) for key, word in _WORDS.items()]
    old, new = then.get("versions", {}), now.get("versions", {})
    pairs += [(name, old.get(name), new.get(name)) for name in new]
    # a run of an earlier version does not say under which variables it was made
    new = now.get("variables", {})
    old = then.get("variables", new)
    pairs += [(name, old.get(name, "not set"), new.get(name, "not set")) for name in old | new]
    return tuple(
        f"{name} was {before}, is {after}"
        for name, before, after in pairs
        if before is not None and before != after
    )


def trainer_of(provenance: Mapping[str, Any]) -> int:
    """Which trainer (`engine.version.TRAINER`) a run was made by; the first one did not say."""
    return int(provenance.get("trainer", 1))


def data_difference(spec: RunSpec, sha256: str | None, test_sha256: str | None) -> str:
    """How the data file or the test file differs from what a run learnt from; empty if neither."""
    return _file_difference(spec.data, sha256) or _file_difference(spec.test_data, test_sha256)


def _file_difference(data: str | None, sha256: str | None) -> str:
    if data is None or data == PENGUINS or sha256 is None:
        return ""
    try:
        with Path(data).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    # a zero byte in a path is a ValueError
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return f"{data} can no longer be read ({reason})"
    return "" if found == sha256 else f"{data} has changed since"


def _version(names: tuple[str, ...]) -> str:
    for name in names:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    raise EngineError(
        f"The package {names[0]} is not installed.", "Run make run again to install it."
    )
