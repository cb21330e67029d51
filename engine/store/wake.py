"""Waking whoever waits for a change of the store; nobody looks at a fixed pace.

Each waiter has a named pipe (FIFO) in the folder `wake` of the home folder, and
whoever has committed a change writes a byte into all of them. A pipe nobody
reads any more is removed by the next who writes. Named pipes need no port and
know no limit of path lengths, as sockets do on macOS (104 characters).

The engine holds one more pipe open as long as it lives; the system closes it
however the process dies, which wakes the waiters, too.
"""

import errno
import logging
import os
import re
import select
import stat
import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

from engine.store.home import private_folder, wake_path
from engine.store.locks import engine_alive

log = logging.getLogger("engine")

# without named pipes (some network and FUSE file systems) a wait is a short sleep
SLOW_SECONDS = 0.1
SLOW_WAKING = (
    "The file system of this folder has no named pipes: changes are looked for"
    f" {1 / SLOW_SECONDS:.0f} times a second instead of being waited for."
)
# the system closes the pipe and lets go of the lock one after the other, in no promised order
_LOCK_SECONDS = 0.1
_LOCK_STEP = 0.001
_ENGINE = ".engine"
# through which the engine is told what the store cannot
CONTROL = ".control"
# the names of the pipes, complete and about to be: with another one it is no pipe of ours
_WAITER = re.compile(r"\d+\.\d+")
_NEW = re.compile(r"\.new-\d+-(\d+\.\d+|\.engine|\.control)")
_numbers = count(1)


def write_to_pipe(home: Path, name: str, text: bytes) -> bool:
    """Write to a pipe of that name; says whether somebody reads it."""
    flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        end = os.open(wake_path(home) / name, flags)
    except OSError:
        return False
    try:
        os.write(end, text)
    except OSError:
        return False
    finally:
        os.close(end)
    return True


class Waiter:
    """A place to wait for changes of one home folder's store.

    `wait` is for one thread; `poke` may be called by any thread and by a signal
    handler. Changes from before the `Waiter` was made do not wake it.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        # another descriptor that ends a wait when it can be read; who has set it reads it
        self.also = -1
        # a signal handler may come in the middle of `poke`
        self._lock = threading.RLock()
        self._ends: tuple[int, ...] = ()
        self._engine = -1
        self.name = f"{os.getpid()}.{next(_numbers)}"
        self.has_pipe = True
        try:
            # read and written by one descriptor: opening then waits for nobody
            self._ends = (named_pipe(private_folder(wake_path(home)), self.name),)
        except OSError as error:
            # where nothing can be written nobody changes anything either
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                log.warning(SLOW_WAKING)
            self.has_pipe = False
            self._ends = os.pipe()
            os.set_blocking(self._ends[0], False)

    def wait(self, seconds: float) -> None:
        """Return after a change, a `poke` or the engine's end, at the latest after `seconds`."""
        self._watch_engine()
        poll = select.poll()
        poll.register(self._ends[0], select.POLLIN)
        if self._engine >= 0:
            poll.register(self._engine, 0)
        if self.also >= 0:
            poll.register(self.also, select.POLLIN)
        if not self.has_pipe:
            seconds = min(seconds, SLOW_SECONDS)
        found = dict(poll.poll(max(0.0, seconds) * 1000))
        if self._ends[0] in found:
            with suppress(BlockingIOError):
                os.read(self._ends[0], 65536)
        if self._engine in found:
            self._engine_ended()

    def poke(self) -> None:
        """Make `wait` return, the present one or the next."""
        with self._lock, suppress(BlockingIOError):
            if self._ends:
                os.write(self._ends[-1], b"\0")

    def close(self) -> None:
        """Wait no more."""
        with self._lock:
            for descriptor in {*self._ends, self._engine} - {-1}:
                os.close(descriptor)
            self._ends, self._engine = (), -1
        if self.has_pipe:
            (wake_path(self._home) / self.name).unlink(missing_ok=True)

    def _watch_engine(self) -> None:
        if self._engine < 0 and engine_alive(self._home):
            with suppress(OSError):
                self._engine = os.open(
                    wake_path(self._home) / _ENGINE,
                    os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC,
                )

    def _engine_ended(self) -> None:
        os.close(self._engine)
        self._engine = -1
        deadline = time.monotonic() + _LOCK_SECONDS
        while engine_alive(self._home) and time.monotonic() < deadline:
            time.sleep(_LOCK_STEP)


def wake_all(home: Path, but: Waiter | None = None) -> None:
    """Wake everybody who waits for this home folder's store, except `but`."""
    folder = wake_path(home)
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        if not _WAITER.fullmatch(name) or (but is not None and name == but.name):
            continue
        try:
            end = os.open(folder / name, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            if error.errno == errno.ENXIO:
                # nobody reads it any more
                _remove(folder / name)
            continue
        try:
            if stat.S_ISFIFO(os.fstat(end).st_mode):
                os.write(end, b"\0")
        except (BlockingIOError, BrokenPipeError):
            pass  # it is full, so its reader wakes anyway, or is gone this very moment
        finally:
            os.close(end)


def announce_engine(home: Path) -> None:
    """Let the end of this process wake all waiters; called once by the engine."""
    folder = private_folder(wake_path(home))
    for name in os.listdir(folder):
        if name in (_ENGINE, CONTROL) or _NEW.fullmatch(name):
            _remove(folder / name)
    try:
        # never closed: the system does it when the process ends
        named_pipe(folder, _ENGINE)
    except OSError as error:
        log.warning("the end of this engine will be noticed late: %s", error)


def _remove(path: Path) -> None:
    """Remove a pipe of this program's; anything else of its name is somebody's and stays."""
    with suppress(FileNotFoundError):
        found = path.lstat()
        if stat.S_ISFIFO(found.st_mode) and found.st_uid == os.getuid():
            path.unlink()


def named_pipe(folder: Path, name: str) -> int:
    """Make a pipe and open it; it gets its name only then, so that nobody takes it for left."""
    new = folder / f".new-{os.getpid()}-{name}"
    os.mkfifo(new, 0o600)
    try:
        end = os.open(new, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        if os.path.lexists(folder / name):
            raise FileExistsError(errno.EEXIST, "not made by this program", str(folder / name))
        new.rename(folder / name)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    return end
