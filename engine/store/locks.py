"""The locks of a home folder: one engine at most, one change of the store's form at a time."""

import fcntl
import json
import logging
import os
import platform
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from engine.environment import clock
from engine.environment.machine import boot_id
from engine.errors import EngineError
from engine.store.home import VARIABLE, private_file

log = logging.getLogger("engine")

# an engine signs its lock every two seconds; one silent for so long is gone
ELSEWHERE_SECONDS = 20.0
_SIGNATURE_BYTES = 2048
_READING = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW


class Lock:
    """A file lock that ends with its process, however that dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, seconds: float | None = None) -> bool:
        """Take the lock; with a limit of `seconds`, say whether it came free by then."""
        private_file(self._path)
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as error:
            raise EngineError(
                f"{self._path} cannot be opened: {error.strerror}.",
                "Check who owns the folder and whether it can be written to.",
            ) from error
        deadline = time.monotonic() + (seconds or 0.0)
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if seconds is None else fcntl.LOCK_NB))
            except BlockingIOError:
                if time.monotonic() < deadline:
                    time.sleep(0.02)
                    continue
                os.close(descriptor)
                return False
            self._descriptor = descriptor
            return True

    def release(self) -> None:
        """Let others take it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def engine_lock(home: Path) -> Lock:
    """Held by the engine process as long as it lives: one engine for each home folder."""
    return Lock(home / "engine.lock")


def store_lock(home: Path) -> Lock:
    """Held while the store is created or migrated."""
    return Lock(home / "store.lock")


def engine_alive(home: Path) -> bool:
    """Whether an engine process holds the lock of this home folder."""
    try:
        descriptor = os.open(home / "engine.lock", _READING)
    except OSError:
        # a link or somebody else's file is no engine's: one that is to start says so
        return False
    try:
        # a shared lock, so that two who look at once do not see each other
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def sign_engine_lock(home: Path, **more: Any) -> None:
    """Note in the lock file whose engine this is; called by the engine every few seconds."""
    name = {
        "host": platform.node(),
        "boot": boot_id(),
        "pid": os.getpid(),
        "at": clock.now(),
    } | more
    # written over the last one: an emptied file says that the engine has ended, and on a full disk
    # there is no room for a new one
    with (home / "engine.lock").open("r+b") as file:
        file.write(json.dumps(name).encode().ljust(_SIGNATURE_BYTES))


def unsign_engine_lock(home: Path) -> None:
    """Say to other machines that the engine has ended, so that they need not wait."""
    os.truncate(home / "engine.lock", 0)


def signature(home: Path) -> bytes:
    """What the engine has noted in its lock file; empty where nothing has or can be read.

    The file may be anything that somebody put there, a pipe that nobody writes to as well.
    """
    try:
        descriptor = os.open(home / "engine.lock", _READING)
    except OSError:
        return b""
    try:
        regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return os.read(descriptor, _SIGNATURE_BYTES) if regular else b""
    finally:
        os.close(descriptor)


def lock_holder(home: Path) -> int | None:
    """The process that the system names as holding the engine's lock; None if it names none.

    A number that was written down may be another process's by now.
    """
    try:
        file = (home / "engine.lock").lstat().st_ino
        locks = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return None
    for lock in locks:
        _, kind, _, mode, process, where, *_ = lock.split()
        if (kind, mode) == ("FLOCK", "WRITE") and where.rpartition(":")[2] == str(file):
            return int(process)
    return None


def signal_holder(home: Path, number: signal.Signals) -> bool:
    """Send a signal to the engine, and to nobody else; says whether it was proven to be one."""
    holder = lock_holder(home)
    if holder is None:
        return False
    try:
        # a handle first: the number may become another process's between proof and signal
        handle = os.pidfd_open(holder)
    except OSError:
        return False
    try:
        if lock_holder(home) != holder:
            return False
        signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)
    return True


def refuse_elsewhere(home: Path) -> None:
    """Raise `EngineError` when an engine on another machine uses this folder.

    SQLite's WAL needs memory shared by all who open it, which no two machines have.
    """
    host = _signed_elsewhere(home)
    if host is None:
        return
    left = ELSEWHERE_SECONDS - _seconds_silent(home)
    # one from the future was signed by a clock that has been set back since
    if 0.0 < left <= ELSEWHERE_SECONDS + 1.0:
        raise EngineError(
            f"An engine on the machine {host} is using the folder {home}.",
            "Work there, end it there with 'penguin-tui engine stop', or set"
            f" {VARIABLE} here to a folder of this machine. If it is gone, the folder is free in"
            f" {left:.0f} s.",
        )


def _signed_elsewhere(home: Path) -> str | None:
    """The machine that has signed the lock, if it is not this one, whatever it is called now."""
    text = signature(home)
    if not text.strip():
        return None
    try:
        name = json.loads(text)
        host, boot = name["host"], name.get("boot")
        if not isinstance(host, str):
            raise TypeError(host)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        log.info("the engine's lock holds something that penguin-tui has not written: ignored")
        return None
    here = host == platform.node() or (bool(boot) and boot == boot_id())
    return None if here else host


def _seconds_silent(home: Path) -> float:
    """Since when the lock has not been signed, by the clock of the folder's file system.

    That clock may be another machine's; the two that use the folder may be wrong by hours.
    """
    signed = (home / "engine.lock").stat().st_mtime
    try:
        with tempfile.TemporaryFile(dir=home) as probe:
            return os.fstat(probe.fileno()).st_mtime - signed
    except OSError:
        # a full or read-only disk
        return clock.now() - signed


@contextmanager
def without_engine(home: Path) -> Iterator[bool]:
    """Hold the engine's lock for a moment, if no engine does; yields whether it is held."""
    lock = engine_lock(home)
    held = lock.take(seconds=0)
    try:
        yield held
    finally:
        lock.release()
