"""How much memory the engine may take, and whether that is enough for what it is about to load.

Without this a library that is not given any ends the process, or says that it is broken.
"""

import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import EngineError

_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
# what a library says that was refused memory while it was loaded
_REFUSED = ("cannot allocate memory", "failed to map segment", "out of memory", "bad_alloc")


@dataclass(frozen=True, slots=True)
class Need:
    """What something takes, measured, in bytes: of address space, and of memory itself.

    Every thread takes `for_thread` of address space in addition (stack and allocator).
    """

    what: str
    address_space: int
    memory: int
    for_thread: int = 75 * 10**6


# pandas and scikit-learn with a baseline: 0.46 GB and 0.18 GB on two threads
LIGHT: Final = Need("the engine", 600 * 10**6, 200 * 10**6)
# TensorFlow with a training: 2.5 GB and 0.86 GB on two threads
TENSORFLOW: Final = Need("TensorFlow", 2600 * 10**6, 900 * 10**6)


def refuse_too_little(need: Need, threads: int) -> None:
    """Raise `EngineError` where a limit of this process is below what is needed."""
    needed = need.address_space + threads * need.for_thread
    allowed = min(_soft(resource.RLIMIT_AS), _soft(resource.RLIMIT_DATA))
    if allowed < needed:
        raise EngineError(
            f"There is too little memory: {need.what} needs {needed / 1e9:.1f} GB"
            f" of address space, and a limit allows {allowed / 1e9:.1f} GB (ulimit -v).",
            "'ulimit -v unlimited' lifts the limit where you may; then run it again.",
        )
    allowed = _of_group()
    if allowed < need.memory:
        raise EngineError(
            f"There is too little memory: {need.what} needs {need.memory / 1e9:.1f} GB, and"
            f" this container may take {allowed / 1e9:.1f} GB.",
            "Give the container more memory.",
        )


def of_memory(error: BaseException) -> bool:
    """Whether an error comes from too little memory, whichever library words it."""
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return True
    return any(words in str(error).lower() for words in _REFUSED)


def _soft(limit: int) -> float:
    soft, _ = resource.getrlimit(limit)
    return float("inf") if soft == resource.RLIM_INFINITY else soft


def _of_group() -> float:
    """What the cgroup (version 2 or 1) grants."""
    for path in _LIMITS:
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        return float("inf") if text == "max" else int(text)
    return float("inf")
