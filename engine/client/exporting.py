"""Have what a run leaves written by a process of its own, where that takes heavy libraries."""

from collections.abc import Iterator
from pathlib import Path

from engine.client.drawing import Palette
from engine.client.file_process import FilesRequest, Written, written_files


class ExportRequest(FilesRequest):
    """What is written of a run, an `option` of `engine.exports.formats`, and where to.

    `target` is a file or, of some, a folder. `card` is the model card that goes into a bundle, in
    Markdown; `palette` is that of figures. `force` overwrites files.
    """

    run: int
    option: str
    target: Path
    card: str = ""
    palette: Palette | None = None
    force: bool = False


def write_export(request: ExportRequest) -> Iterator[Written]:
    """Steps, files and notes as they come; raises as `written_files`."""
    return written_files("engine.portable", request, "files")
