"""How much memory the engine may take, and whether that is enough for what it is about to do.

Without this a library that is not given any ends the process, or says that it is broken; and a
machine without swap is brought down by what it was not asked about.
"""

import resource
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from engine.errors import EngineError

_CGROUPS, _PROC = Path("/sys/fs/cgroup"), Path("/proc")
# limit, use, what of the use can be taken back, kills for want of memory: of versions 2 and 1
_FILES = (
    ("memory.max", "memory.current", "inactive_file", "memory.events"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", "memory.oom_control"),
)
# of what is free; the rest is for what nobody counts
_USABLE = 0.9
# what a library says that was refused memory
_REFUSED = ("cannot allocate memory", "failed to map segment", "out of memory", "bad_alloc")

_RELEASES: list[Callable[[], object]] = []


class _Reservation(NamedTuple):
    """Bytes that a thread needs, and what the process had taken when it said so."""

    needed: float
    resident: float


_reserved: dict[int, _Reservation] = {}
_reserving = threading.Lock()


@dataclass(frozen=True, slots=True)
class Need:
    """What something takes, measured, in bytes: of address space, and of memory itself.

    Every thread takes `for_thread` of address space in addition (stack and allocator).
    """

    what: str
    address_space: int
    memory: int
    for_thread: int = 75 * 10**6


# pandas and scikit-learn with a baseline: 0.46 GB and 0.2 GB on two threads
LIGHT: Final = Need("the engine", 600 * 10**6, 200 * 10**6)
# JAX with a training, too: 1.8 GB and 0.47 GB on two threads
TRAINER: Final = Need("a training", 1700 * 10**6, 500 * 10**6)
# TensorFlow with a search, too: 2.7 GB and 0.99 GB on two threads
TENSORFLOW: Final = Need("TensorFlow", 2700 * 10**6, 1000 * 10**6)


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
    allowed = min((limit for limit, _ in _group_limits()), default=float("inf"))
    if allowed < need.memory:
        raise EngineError(
            f"There is too little memory: {need.what} needs {need.memory / 1e9:.1f} GB, and"
            f" this container may take {allowed / 1e9:.1f} GB.",
            "Give the container more memory.",
        )


def release_when_short(release: Callable[[], object]) -> None:
    """Have `release` called, in any thread, before anything is refused for want of memory.

    For what is kept to answer sooner and can be made again.
    """
    _RELEASES.append(release)


def refuse_beyond_free(needed: float, what: str, hint: str) -> None:
    """Raise `EngineError` where `what` would take more bytes than are free.

    What other threads have reserved and not yet taken is not free.
    """
    promised = _promised()
    if needed > _USABLE * (free_memory() - promised):
        for release in _RELEASES:
            release()
    free = max(0.0, free_memory() - promised)
    if needed > _USABLE * free:
        beside = f" beside {_gigabytes(promised)} for other runs" if promised else ""
        wait = " Or wait until the other runs have ended." if promised else ""
        raise EngineError(
            f"There is too little memory: {what} would take {_gigabytes(needed)}, and"
            f" {_gigabytes(free)} are free{beside}.",
            hint + wait,
        )


def reserve(needed: float, what: str, hint: str) -> None:
    """As `refuse_beyond_free`, and keep the memory for this thread until it gives it back.

    A training takes its memory bit by bit: one that starts beside it has to know of the rest.
    """
    with _reserving:
        refuse_beyond_free(needed, what, hint)
        _reserved[threading.get_ident()] = _Reservation(needed, _resident())


def give_back() -> None:
    """Keep nothing for this thread any more."""
    _reserved.pop(threading.get_ident(), None)


def return_freed() -> None:
    """Return to the machine what the allocator keeps of memory that was freed, where it can.

    Takes some milliseconds. Without it a training of a large table leaves 140 MB with the process.
    """
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _promised() -> float:
    """The bytes that other threads have reserved and this process has not taken since."""
    own = threading.get_ident()
    others = [one for thread, one in list(_reserved.items()) if thread != own]
    if not others:
        return 0.0
    taken = _resident() - min(one.resident for one in others)
    return max(0.0, sum(one.needed for one in others) - max(0.0, taken))


def _resident() -> float:
    return _numbers(_PROC / "self/status", 1024).get("VmRSS:", 0)


def free_memory() -> float:
    """The bytes that this process can still take.

    The least of what the machine has available, what its cgroups leave, and what its own limits
    (RLIMIT_AS, RLIMIT_DATA) leave; infinite where none of them says.
    """
    kilobytes = _numbers(_PROC / "meminfo", 1024)
    own = _numbers(_PROC / "self/status", 1024)
    left = [
        kilobytes.get("MemAvailable:", float("inf")),
        _soft(resource.RLIMIT_AS) - own.get("VmSize:", 0),
        _soft(resource.RLIMIT_DATA) - own.get("VmData:", 0),
        *(limit - used for limit, used in _group_limits()),
    ]
    return max(0.0, min(left))


def kills_for_memory() -> int:
    """How often the system has killed for want of memory, in this cgroup or since it started.

    -1 where it does not say. A kill raises the figure of every group above as well.
    """
    kills = [
        _numbers(folder / events).get("oom_kill", 0)
        for folder, (_, _, _, events) in _groups()
        if (folder / events).exists()
    ]
    everywhere = _numbers(_PROC / "vmstat").get("oom_kill")
    known = [*kills, *([everywhere] if everywhere is not None else [])]
    return sum(known) if known else -1


def of_memory(error: BaseException | str) -> bool:
    """Whether an error comes from too little memory, whichever library words it."""
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return True
    return any(words in str(error).lower() for words in _REFUSED)


def _soft(limit: int) -> float:
    soft, _ = resource.getrlimit(limit)
    return float("inf") if soft == resource.RLIM_INFINITY else soft


def _groups() -> Iterator[tuple[Path, tuple[str, str, str, str]]]:
    """The folders of this process's cgroup and all above it, with the names of their files."""
    try:
        lines = (_PROC / "self/cgroup").read_text().splitlines()
    except OSError:
        lines = []
    # in a container the folder of its own group is the root
    own = {"": "/", "memory": "/"}
    own |= {line.split(":")[1]: line.split(":", 2)[2] for line in lines if line.count(":") >= 2}
    for root, controller, files in (
        (_CGROUPS, "", _FILES[0]), (_CGROUPS / "memory", "memory", _FILES[1])
    ):  # fmt: skip
        folder = root / own[controller].lstrip("/")
        for one in {folder, *folder.parents, root}:
            if one.is_relative_to(root):
                yield one, files


def _group_limits() -> Iterator[tuple[float, float]]:
    """What each cgroup grants, and what of it is in use for good."""
    for folder, (limit, current, inactive, _) in _groups():
        try:
            granted = (folder / limit).read_text().strip()
            used = int((folder / current).read_text())
        except (OSError, ValueError):
            continue
        if granted.isdigit():
            yield int(granted), used - _numbers(folder / "memory.stat").get(inactive, 0)


def _numbers(path: Path, unit: int = 1) -> dict[str, int]:
    """The lines "name number" of a file of the system's; empty where there is none."""
    try:
        words = [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return {}
    return {word[0]: int(word[1]) * unit for word in words if len(word) > 1 and word[1].isdigit()}


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"
