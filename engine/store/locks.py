"""The locks of a home folder: one engine at most, one change of the store's form at a time."""

import fcntl
import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from engine.errors import EngineError
from engine.store.home import VARIABLE, private_file

# an engine signs its lock every few seconds; one silent for longer is gone
ELSEWHERE_SECONDS = 60.0


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
        descriptor = os.open(home / "engine.lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        # a shared lock, so that two who look at once do not see each other
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def sign_engine_lock(home: Path) -> None:
    """Note in the lock file whose engine this is; called by the engine every few seconds."""
    text = json.dumps({"host": platform.node(), "pid": os.getpid(), "at": time.time()})
    (home / "engine.lock").write_text(text + "\n")


def refuse_elsewhere(home: Path) -> None:
    """Raise `EngineError` when an engine on another machine uses this folder.

    SQLite's WAL needs memory shared by all who open it, which no two machines have.
    """
    try:
        signed = json.loads((home / "engine.lock").read_text() or "{}")
    except (FileNotFoundError, ValueError):
        return
    host, at = signed.get("host", platform.node()), signed.get("at", 0.0)
    if host != platform.node() and time.time() - at < ELSEWHERE_SECONDS:
        raise EngineError(
            f"An engine on the machine {host} is using the folder {home}.",
            f"Work there, end it there with 'penguin-tui engine stop', or set {VARIABLE} here"
            " to a folder of this machine.",
        )


@contextmanager
def without_engine(home: Path) -> Iterator[bool]:
    """Hold the engine's lock for a moment, if no engine does; yields whether it is held."""
    lock = engine_lock(home)
    held = lock.take(seconds=0)
    try:
        yield held
    finally:
        lock.release()
