"""A picture as what the terminal takes, made by a process of its own.

Encoding takes a second of the processor, and textual-image looks for a terminal at its standard
output when it is imported: that of the process is a pipe, so that it asks nobody anything.
"""

import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from engine.environment.isolation import engine_environment
from engine.errors import EngineError
from engine.specs.base import Frozen
from penguin_tui.terminal.graphics import Graphics, Protocol

EXTRA: Final = "pip install 'penguin-tui[images]'"


class EncodingRequest(Frozen):
    """The PNG file `path` for a terminal, in at most `columns` and `rows` of cells of `cell` px."""

    path: Path
    protocol: Protocol
    number: int
    columns: int
    rows: int
    cell: tuple[int, int]


@dataclass(frozen=True, slots=True)
class TerminalPicture:
    """What draws a picture from the cursor on, which is put back; so many cells large."""

    sequence: str
    columns: int
    rows: int


def not_shown(graphics: Graphics) -> str | None:
    """Why pictures cannot be shown in the terminal, '' where it draws none; None where they can."""
    if graphics.protocol == "sixel" and find_spec("textual_image") is None:
        return f"To see them in this terminal: {EXTRA}"
    return None if graphics.protocol else ""


def terminal_picture(
    graphics: Graphics, path: Path, number: int, columns: int, rows: int
) -> TerminalPicture:
    """Scale a PNG file to at most so many cells and encode it; takes a second, for any thread.

    Raises EngineError where it cannot be read, and for sixel without the extra `images`.
    """
    request = EncodingRequest(
        path=path, protocol=graphics.protocol, number=number, columns=columns, rows=rows,
        cell=graphics.cell,
    )  # fmt: skip
    wide, high = graphics.cell
    own = {"TEXTUAL_CELL_WIDTH": str(wide), "TEXTUAL_CELL_HEIGHT": str(high)}
    done = subprocess.run(
        [sys.executable, "-m", "penguin_tui.pictures"],
        input=request.model_dump_json(), capture_output=True, text=True, encoding="utf-8",
        cwd="/", env=engine_environment() | own, check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise EngineError(said[-1] if said else f"The picture was not encoded ({done.returncode}).")
    size, _, sequence = done.stdout.partition("\n")
    shown = size.split()
    return TerminalPicture(sequence, int(shown[0]), int(shown[1]))
