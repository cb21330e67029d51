"""Finding a file, and what it is to be refused for before its content is looked at."""

import os
import stat
from pathlib import Path

from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.specs.data import PENGUINS


def locate(data: str) -> Path:
    """The file a data setting names: 'penguins' is the packaged one, `~` is the home folder."""
    if data == PENGUINS:
        from importlib.resources import files

        return Path(str(files("engine").joinpath("data", "penguins.csv")))
    try:
        return Path(data).expanduser()
    except RuntimeError as error:
        raise EngineError(
            f"The file {shown(data)} cannot be found: no such home folder.",
            "Give the path in full, beginning with '/'.",
        ) from error


def check_file(path: Path, max_bytes: int) -> int:
    """The size of a readable, regular file in bytes; raises EngineError for anything else."""
    name = shown(str(path), 200)
    try:
        facts = os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise EngineError(
            f"The file {name} does not exist.",
            f"Looked for it in {shown(os.getcwd(), 200)}. Check the path, or complete it with Tab."
            if not path.is_absolute()
            else "Check the path, or complete it with Tab.",
        ) from error
    except OSError as error:
        raise EngineError(
            f"The file {name} cannot be read: {_reason(error)}.", "Check the path."
        ) from error
    if stat.S_ISDIR(facts.st_mode):
        raise EngineError(f"{name} is a folder, not a file.", "Name a file in it.")
    if not stat.S_ISREG(facts.st_mode):
        raise EngineError(f"{name} is a device or a pipe, not a file.", "Name a data file.")
    if facts.st_size > max_bytes:
        raise EngineError(
            f"The file {name} has {facts.st_size / 2**30:.1f} GB; at most"
            f" {max_bytes / 2**30:.0f} GB can be read.",
            "Take a sample of its rows, or fewer columns.",
        )
    if facts.st_size == 0:
        raise EngineError(f"The file {name} is empty.", "Choose a file with rows in it.")
    return facts.st_size


def read_error(path: Path, error: OSError) -> EngineError:
    """What to say when a file that exists cannot be read."""
    return EngineError(
        f"The file {shown(str(path), 200)} cannot be read: {_reason(error)}.",
        "Ask its owner for permission to read it, or copy it to a place of your own."
        if isinstance(error, PermissionError)
        else "Check the disk or the network drive it is on.",
    )


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
