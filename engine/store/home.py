"""The one private folder: where it is, what lies in it, and who may read it."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import platformdirs

from engine.environment.variables import CACHE, HOME
from engine.errors import EngineError

VARIABLE = HOME.name


def home() -> Path:
    """The private folder, made if it is not there yet, readable by its owner alone.

    Raises `EngineError` when it cannot be made, is a link, or belongs to
    somebody else.
    """
    return private_folder(_location())


def private_folder(path: Path) -> Path:
    """Make the folder `path` if it is not there, readable by its owner alone.

    Raises `EngineError` when it cannot be made, is a link, or belongs to
    somebody else.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise EngineError(
            f"The folder {path} cannot be used: {error.strerror}.",
            f"Set {VARIABLE} to a folder you can write to.",
        ) from error
    _refuse_other_than_folder(path, found)
    return path


def refuse_odd_folders(home: Path) -> None:
    """Raise `EngineError` when a folder in the home is a link, or belongs to somebody else."""
    for path in (copies_path(home), wake_path(home), work_path(home), cache_path(home)):
        # what is not there yet is made when it is needed
        with suppress(FileNotFoundError):
            _refuse_other_than_folder(path, path.lstat())


def _refuse_other_than_folder(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISDIR(found.st_mode):
        raise EngineError(
            f"{path} is a link or no folder at all.",
            f"Remove it, or set {VARIABLE} to a folder of your own.",
        )
    _keep_private(f"The folder {path}", path, found, 0o700)


def _location() -> Path:
    if given := HOME.value():
        return given
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


def identity(path: Path) -> tuple[int, int] | None:
    """Which file it is that lies there, whatever is in it; None when there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def reserve_path(home: Path) -> Path:
    """Room on the disk that `prune` can use when there is no other."""
    return home / "reserve"


def copies_path(home: Path) -> Path:
    """Private copies of the data files that runs have used, by SHA-256."""
    return home / "data"


def wake_path(home: Path) -> Path:
    """The named pipes by which who waits is woken."""
    return home / "wake"


def work_path(home: Path) -> Path:
    """Folders for unfinished work, one for each process that needs one."""
    return home / "work"


def cache_path(home: Path) -> Path:
    """What is kept for the next engine and can be made again, which other homes may share."""
    return CACHE.value() or home / "cache"


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
    _keep_private(str(path), path, found, 0o600)
    return path


def is_own_file(path: Path) -> bool:
    """Whether `path` is a file of this user's; false of a link, and of what is not there."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid()


def _keep_private(name: str, path: Path, found: os.stat_result, mode: int) -> None:
    """Refuse what belongs to somebody else; take others' permissions away."""
    if found.st_uid != os.getuid():
        raise EngineError(
            f"{name} belongs to another user.", f"Set {VARIABLE} to a folder of your own."
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(mode)


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
