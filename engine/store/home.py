"""The one private folder: where it is, who may read it, and its locks."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import platformdirs

from engine.environment.variables import HOME
from engine.errors import EngineError

VARIABLE = HOME.name


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
    _keep_private(f"The folder {path}", path, found, 0o700)
    return path


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
    _keep_private(str(path), path, found, 0o600)
    return path


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
