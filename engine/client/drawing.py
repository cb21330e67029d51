"""Have a run's figures drawn by a process of their own: seaborn takes seconds and memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from engine.client.file_process import FilesRequest, Written, written_files
from engine.specs.base import Frozen

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


class FiguresRequest(FilesRequest):
    """Which run is drawn, and where the files go: `folder` is made where it is not there.

    With `data` the figures' data are written beside them as CSV. `force` overwrites files.
    """

    run: int
    folder: Path
    palette: Palette
    formats: tuple[Format, ...] = ("png",)
    data: bool = False
    force: bool = False


def draw_figures(request: FiguresRequest) -> Iterator[Written]:
    """Files and notes as they come; raises as `written_files`.

    Where files would have to be overwritten none is drawn.
    """
    return written_files("engine.figures", request, "figures")
