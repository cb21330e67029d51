"""Where an export goes: refused before any work where something is there already."""

import os

from engine.client.exporting import ExportRequest
from engine.errors import FilesExist


def refuse_existing(request: ExportRequest) -> None:
    """Raise `FilesExist` where the target is there, unless it is overwritten or an empty folder."""
    target = request.target
    if request.force or not os.path.lexists(target):
        return
    if target.is_dir() and not any(target.iterdir()):
        return
    raise FilesExist(f"{target} exists already.", "--force overwrites files.")
