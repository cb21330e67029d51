"""The scripts of a bundle predict, train and preprocess as the run does."""

import csv
import io
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import EngineError
from engine.portable.kept import KeptRun
from engine.portable.notebook import notebook
from engine.portable.reading import Reading
from engine.portable.script import script as training_script
from engine.portable.scripts import predict
from engine.prediction.file import predict_file
from engine.prediction.fitted_run import FittedRun
from engine.prediction.own_rows import OwnRows
from engine.prediction.written_rows import CsvRows
from engine.sources.files import locate
from engine.store.home import copies_path
from engine.store.store import Store
from tests.support.engine.exports import run_cells
from tests.support.engine.fitted_runs import fitted, fitted_home

NEW = "Adelie,Biscoe,38.5,18.1,190,3700,MALE\nx,Atlantis,99,,190,NA,\n"
HEAD = "species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex\n"


def predicted(home: Path, table: Path) -> str:
    """What the command `predict` writes."""
    with Store.open(home) as store:
        run = FittedRun.load(store, 1)
        own = OwnRows.load(store, run.record, lambda _: None)
        output = io.StringIO(newline="")
        predict_file(run, own, str(table), CsvRows(output), lambda _: None, lambda _: None)
    return output.getvalue()


@pytest.fixture
def rows(
    home: Path, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """A table predicted by `predict`, and by the bundle's script."""
    table, output = tmp_path / "new.csv", tmp_path / "out.csv"
    table.write_text(HEAD + NEW)
    # the export has started it from another folder
    monkeypatch.setattr(predict, "HERE", bundle)
    assert predict.main([str(table), "-o", str(output)]) == 0
    return predicted(home, table), output.read_text()


def test_the_script_writes_what_the_command_writes(rows: tuple[str, str]) -> None:
    ours, theirs = (list(csv.reader(io.StringIO(text))) for text in rows)
    assert theirs[0] == ours[0]
    for own, other in zip(ours, theirs, strict=True):
        numbers = slice(8, 11)
        assert other[:8] + other[11:] == own[:8] + own[11:]
        if own is not ours[0]:
            np.testing.assert_allclose(
                np.array(other[numbers], float), np.array(own[numbers], float), atol=1e-6
            )
    assert ours[2][-1].startswith("island: unknown category; bill_length_mm: above ")


def test_the_script_keeps_what_lies_beside_its_output_and_says_why_it_cannot_write(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(predict, "predicted", lambda path: (["a"], iter([["1"]])))
    output, beside = tmp_path / "out.csv", tmp_path / "out.csv.new"
    beside.write_text("mine")
    assert predict.main(["in.csv", "-o", str(output)]) == 0
    assert (output.read_text(), beside.read_text()) == ("a\n1\n", "mine")
    assert predict.main(["in.csv", "-o", str(tmp_path / "nowhere" / "out.csv")]) == 1
    assert "cannot be written: No such file" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == [output, beside]


def test_the_script_counts_lines_as_the_file_has_them(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("# one\n# two\na,b\n1,2\n3,4\n")
    reading = Reading(comment="#", lines_above=3).fields()
    assert predict.read_table(path, reading, ["a"]) == (
        ["a", "b"],
        [["1", "2"], ["3", "4"]],
        [4, 5],
    )
    unnamed = reading | {"header": False, "names": ["x", "y"], "lines_above": 2}
    names, rows, _ = predict.read_table(path, unnamed, ["x"])
    assert (names, rows[0]) == (["x", "y"], ["a", "b"])
    # another table of these columns, without the comments
    path.write_text("b,a\n1,2\n")
    assert predict.read_table(path, reading, ["a"])[1] == [["1", "2"]]
    # one way of writing a moment that no calendar has in UTC
    assert predict.moment("0001-01-01T00:00+14:00", ["ISO8601"]) is None


def test_the_training_script_trains_with_the_same_settings_and_rows(
    bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # with Keras as it is loaded for the notebook
    monkeypatch.chdir(bundle.parent)
    monkeypatch.setattr(sys, "argv", ["train.py"])
    runpy.run_path(str(bundle / "train.py"), run_name="__main__")
    said = capsys.readouterr().out
    assert "206 training, 69 validation, 69 test rows" in said
    assert "Epoch 2/2" in said
    assert "test accuracy:" in said


def test_the_training_script_works_as_a_program_from_another_folder(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # a baseline's, which loads no TensorFlow
    folder = fitted_home(tmp_path_factory.mktemp("baseline"))
    with Store.open(folder) as store:
        kept = KeptRun.load(store, 1)
    (tmp_path / "train.py").write_text(training_script(kept, "penguins.csv"))
    (tmp_path / "penguins.csv").write_bytes(locate("penguins").read_bytes())
    done = subprocess.run(
        [sys.executable, str(tmp_path / "train.py")],
        cwd=folder, env=os.environ | {"PYTHONPATH": ""}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "206 training, 69 validation, 69 test rows" in done.stdout
    assert f"test accuracy: {kept.record.metrics['test_accuracy']:.3f}" in done.stdout


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"scaling": "min_max", "imputation": "median", "category_encoding": "ordinal"},
        {"protocol": "as_published"},
    ],
    ids=["as it is", "ordinal", "as published"],
)
def test_the_script_preprocesses_as_the_run_did(
    fields: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    fitted(home, class_weight="balanced", **fields)
    with Store.open(home) as store:
        kept = KeptRun.load(store, 1)
    (tmp_path / "penguins.csv").write_bytes(locate("penguins").read_bytes())
    monkeypatch.chdir(tmp_path)
    names = run_cells(notebook(kept, "penguins.csv"))
    assert isinstance(kept.own, OwnRows)
    fitted_by_us = kept.fitted.preprocessor
    for letter, own in (("t", fitted_by_us), ("h", fitted_by_us.for_test)):
        there = names["sets"] == letter
        x = own.apply(kept.own.table.frame, np.flatnonzero(there))
        np.testing.assert_allclose(names["x"][there], np.asarray(x), atol=1e-5)
    # the same solver on the same rows
    accuracy = kept.record.metrics["train_accuracy"]
    train = names["train"]
    assert names["model"].score(names["x"][train], names["y"][train]) == pytest.approx(accuracy)


def test_the_scripts_read_what_the_run_has_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # comments that name the columns, marks around and within numbers, one that stands for none, a
    # total below
    path = tmp_path / "messy.csv"
    prices = ["€ 1,200.50", "(35.5)", "\N{MINUS SIGN}7", "EUR 4", "-999", "-999", "1e2", "12-"]
    rows = [
        f'"{prices[i % 8]}",{i % 5}.5,{"ab"[i % 3 > 1]}' for i in range(60)
    ]  # fmt: skip
    path.write_text("\n".join(["# bought in 2020", "#price,size,kind", *rows, "Total,,", ""]))
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    fitted(home, data=str(path), target="kind")
    with Store.open(home) as store:
        kept = KeptRun.load(store, 1)
    assert isinstance(kept.own, OwnRows)
    names = run_cells(notebook(kept, str(path)))
    assert names["same"]
    expected = np.asarray(kept.fitted.preprocessor.apply(kept.own.table.frame))
    np.testing.assert_allclose(names["x"], expected, atol=1e-5)
    reading = Reading.of(kept).fields()
    shown, found, lines = predict.read_table(path, reading, ["price", "size"])
    assert (shown, found[0][1], lines[0]) == (["price", "size", "kind"], "0.5", 3)
    # what has become of the file is said so that it stands by itself
    for copy in copies_path(home).iterdir():
        copy.unlink()
    path.write_text(path.read_text().replace("0.5,a", "0.6,a"))
    with (
        Store.open(home) as store,
        pytest.raises(EngineError, match="The data of run 1 have changed since"),
    ):
        OwnRows.load(store, kept.record, lambda _: None)
