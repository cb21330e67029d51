"""What a run leaves, written and taken into another home in this process."""

import zipfile
from pathlib import Path
from typing import Any

from engine.client.exporting import ExportRequest
from engine.client.file_process import Written
from engine.client.importing import ImportRequest
from engine.portable.adoption import adopt
from engine.portable.catalogue import write
from engine.store.store import Store


def export(home: Path, option: str, target: Path, **more: Any) -> list[Written]:
    run = more.pop("run", 1)
    return list(write(ExportRequest(home=home, run=run, option=option, target=target, **more)))


def run_cells(found: dict[str, Any]) -> dict[str, Any]:
    """The names that a notebook leaves, run from top to bottom."""
    names: dict[str, Any] = {}
    for cell in found["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    return names


def bring(home: Path, path: Path) -> int:
    with Store.open(home) as store:
        return list(adopt(store, ImportRequest(home=home, bundle=path)))[-1].run


def zipped(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(f"taken/{name}", body)
