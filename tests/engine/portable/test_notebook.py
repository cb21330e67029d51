"""The notebook of a run works from top to bottom."""

import json
from pathlib import Path

import pytest

from tests.support.engine.exports import export, run_cells


def test_the_notebook_runs_from_top_to_bottom(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = export(home, "notebook", tmp_path / "run.ipynb")
    assert [Path(one.path).name for one in said] == ["run.ipynb", "penguins.csv"]
    found = json.loads((tmp_path / "run.ipynb").read_text())
    assert (found["nbformat"], len({cell["id"] for cell in found["cells"]})) == (
        4, len(found["cells"]),
    )  # fmt: skip
    monkeypatch.chdir(tmp_path)
    names = run_cells(found)
    assert len(names["history"].history["val_accuracy"]) == 2
    assert names["model"].layers[0].units == 8
