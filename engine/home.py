"""The one private folder: where it is, who may read it, and its locks."""

import fcntl
import json
import os
import platform
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import platformdirs

from engine.errors import EngineError

VARIABLE = "PENGUIN_TUI_HOME"
# an engine signs its lock every few seconds; one silent for longer is gone
ELSEWHERE_SECONDS = 60.0


def home() -> Path:
    """The private folder, made if it is not there yet, readable by its owner alone.

    Raises `EngineError` when it cannot be made, is a link, or belongs to
    somebody else.
    """
    path = _location()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise EngineError(
            f"The folder {path} cannot be used: {error.strerror}.",
            f"Set {VARIABLE} to a folder you can write to.",
        ) from error
    if not stat.S_ISDIR(found.st_mode):
        raise EngineError(f"{path} is not a folder.", f"Set {VARIABLE} to a folder of your own.")
    if found.st_uid != os.getuid():
        raise EngineError(
            f"The folder {path} belongs to another user.",
            f"Set {VARIABLE} to a folder of your own.",
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(0o700)
    return path


def _location() -> Path:
    if given := os.environ.get(VARIABLE):
        return Path(given).expanduser().absolute()
    try:
        return platformdirs.user_data_path("penguin-tui", appauthor=False).absolute()
    except (RuntimeError, KeyError) as error:
        raise EngineError(
            "There is no home folder for this user.", f"Set {VARIABLE} to a folder of your own."
        ) from error


def store_path(home: Path) -> Path:
    """The SQLite file with everything in it."""
    return home / "penguin-tui.sqlite3"


def log_path(home: Path) -> Path:
    """What the engine prints, with the tracebacks of failed runs."""
    return home / "engine.log"


def copies_path(home: Path) -> Path:
    """Private copies of the data files that runs have used, by SHA-256."""
    return home / "data"


def private_file(path: Path) -> Path:
    """Make `path` if it is not there, readable by its owner alone; refuse a link.

    A file that is there is looked at and never opened: closing a descriptor of
    the store would drop the locks by which SQLite, in this very process, keeps
    others from taking its write-ahead log away.
    """
    try:
        found = _made(path)
    except OSError as error:
        raise EngineError(
            f"{path} cannot be opened: {error.strerror}.",
            "Check who owns the folder, that it can be written to, and that the disk is not full.",
        ) from error
    if not stat.S_ISREG(found.st_mode):
        raise EngineError(
            f"{path} is a link or no file at all.",
            f"Remove it, or set {VARIABLE} to a folder of your own.",
        )
    if found.st_uid != os.getuid():
        raise EngineError(
            f"{path} belongs to another user.", f"Set {VARIABLE} to a folder of your own."
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(0o600)
    return path


def _made(path: Path) -> os.stat_result:
    try:
        return path.lstat()
    except FileNotFoundError:
        pass  # it is made now
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    # another process may be quicker
    with suppress(FileExistsError):
        os.close(os.open(path, flags, 0o600))
    return path.lstat()


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

    def __enter__(self) -> "Lock":
        self.take()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
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
