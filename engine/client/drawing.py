"""Have a run's figures drawn by a process of their own: seaborn takes seconds and memory.

The request goes to its standard input as JSON, what it has drawn comes back line by line.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Literal, get_args

from engine.environment.isolation import engine_environment
from engine.errors import EngineError, FilesExist
from engine.specs.base import Frozen
from engine.store.home import log_path, private_file

Format = Literal["png", "svg", "pdf"]
FORMATS: tuple[Format, ...] = get_args(Format)


class Palette(Frozen):
    """What tells series and classes apart, in the order in which it is given out.

    `colours` are hexadecimal, `markers` single characters, `patterns` lengths of dashes and gaps
    in dots, empty for a solid line.
    """

    colours: tuple[str, ...]
    markers: tuple[str, ...]
    patterns: tuple[tuple[int, ...], ...]


class FiguresRequest(Frozen):
    """Which run is drawn, and where the files go: `folder` is made where it is not there.

    With `data` the figures' data are written beside them as CSV. `force` overwrites files.
    """

    home: Path
    run: int
    folder: Path
    palette: Palette
    formats: tuple[Format, ...] = ("png",)
    data: bool = False
    force: bool = False


class Drawn(Frozen):
    """A line of the answer: a file of `size` bytes, what a figure leaves out, or what went wrong.

    `files` is how many there will be.
    """

    path: str = ""
    size: int = 0
    files: int = 0
    note: str = ""
    error: str = ""
    hint: str = ""
    exists: bool = False


def draw_figures(request: FiguresRequest) -> Iterator[Drawn]:
    """Files and notes as they come; raises EngineError where nothing or not all was drawn.

    `FilesExist` where files are there that would have to be overwritten: none is drawn then.
    Whoever stops reading ends the process; a file is written whole or not at all.
    """
    with ExitStack() as opened:
        process = opened.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "engine.figures"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=opened.enter_context(_log(request.home)),
                text=True, encoding="utf-8", cwd="/", env=engine_environment(),
            )
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        # one that was left before its end is ended
        opened.callback(process.terminate)
        with suppress(BrokenPipeError):
            process.stdin.write(request.model_dump_json())
            process.stdin.close()
        for line in process.stdout:
            found = Drawn.model_validate_json(line)
            if found.error:
                raise (FilesExist if found.exists else EngineError)(found.error, found.hint)
            yield found
        process.wait()
    if process.returncode:
        raise EngineError(
            f"The figures were not all drawn: their process ended with code {process.returncode}.",
            "'penguin-tui engine log' has the details.",
        )


def _log(home: Path) -> IO[bytes]:
    """Where the process says what went wrong; nowhere on a disk that takes no more."""
    try:
        return private_file(log_path(home)).open("ab")
    except (EngineError, OSError):
        return open(os.devnull, "ab")
