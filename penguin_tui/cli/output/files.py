"""Files that a command writes, and what is said where they cannot be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.exports.whole_file import whole_file
from penguin_tui.cli.output.console import WrongUse


@contextmanager
def output_file(path: str, force: bool) -> Iterator[BinaryIO]:
    """A file to write to, which is at `path` once the block has ended without an error.

    Raises `WrongUse` where it cannot be written, and before the block where there is a file
    already, unless `force` replaces it.
    """
    begun = False
    try:
        with whole_file(Path(path).expanduser(), force) as file:
            begun = True
            yield file
    except FileExistsError:
        raise WrongUse(f"{path} exists already.", "--force overwrites it.") from None
    # the home folder of somebody who is not there is a RuntimeError, a zero byte a ValueError
    except (OSError, RuntimeError, ValueError) as error:
        if begun and not isinstance(error, OSError):
            raise
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise WrongUse(f"{path} cannot be written: {reason}.") from None
