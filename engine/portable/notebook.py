"""A run as a Jupyter notebook: the cells of its script, and the curves at the end."""

import json
from collections.abc import Iterator
from typing import Any, Final

from engine.client.exporting import ExportRequest
from engine.client.file_process import Written
from engine.errors import FilesExist
from engine.exports.whole_file import write_whole
from engine.portable.kept import KeptRun, beside
from engine.portable.script import cells, copied_table, table_of
from engine.portable.target import refuse_existing
from engine.prediction.own_rows import OwnRows
from engine.sources.files import locate
from engine.specs.data import PENGUINS
from engine.store.store import Store
from engine.version import __version__

_CURVES: Final = """\
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 2, figsize=(9, 3.5))
for own, name in zip(axes, ("accuracy", "loss")):
    own.plot(history.history[name], label="training")
    own.plot(history.history[f"val_{name}"], label="validation")
    own.set(xlabel="epoch", ylabel=name)
    own.legend()
figure"""


def write(store: Store, request: ExportRequest) -> Iterator[Written]:
    """Write the notebook, and beside it the table where the run has read no plain file."""
    refuse_existing(request)
    kept = KeptRun.load(store, request.run)
    table = table_of(kept)
    copy = _table(kept) if "/" not in table else None
    place = beside(request.target, table)
    # the same table may lie there already, of another notebook
    if copy is not None and place.is_file() and place.read_bytes() == copy:
        copy = None
    if copy is not None and place.exists() and not request.force:
        raise FilesExist(f"{place} exists already.", "--force overwrites files.")
    body = json.dumps(notebook(kept, table), ensure_ascii=False, indent=1).encode()
    write_whole(request.target, body, request.force)
    yield Written(path=str(request.target), size=len(body))
    if copy is not None:
        write_whole(place, copy, request.force)
        yield Written(path=str(place), size=len(copy))


def _table(kept: KeptRun) -> bytes:
    if kept.record.spec.data_spec.data == PENGUINS:
        return locate(PENGUINS).read_bytes()
    assert isinstance(kept.own, OwnRows)
    assert copied_table(kept)
    with kept.own.table.file.facts.source.opened() as (raw, _):
        return raw.read()


def notebook(kept: KeptRun, table: str) -> dict[str, Any]:
    """The notebook in the format of Jupyter, 4.5."""
    record = kept.record
    name = f" “{record.name}”" if record.name else ""
    needs = "scikit-learn" if kept.training.kind == "baseline" else "Keras"
    head = (
        f"# Run {record.id}{name}: {record.kind}\n\nThe run as plain code, with its settings; it"
        f" needs {needs}, NumPy and matplotlib. Written by penguin-tui {__version__}."
    )
    found = [_cell("markdown", head)]
    for cell in cells(kept, repr(table)):
        found += [_cell("markdown", f"## {cell.title[:1].upper()}{cell.title[1:]}"),
                  _cell("code", cell.code)]  # fmt: skip
    if kept.training.kind != "baseline":
        found += [_cell("markdown", "## Curves"), _cell("code", _CURVES)]
    for number, one in enumerate(found):
        one["id"] = f"cell-{number}"
    return {
        "cells": found,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(kind: str, source: str) -> dict[str, Any]:
    extra: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)} | extra
