"""What a run leaves works without this program, and predicts as the run does."""

import csv
import io
import json
import os
import runpy
import shutil
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest

from engine import load_bundle, load_run
from engine.client.exporting import ExportRequest
from engine.client.file_process import Written
from engine.client.importing import ImportRequest
from engine.data.datetimes import read_moments
from engine.data.preprocessing.preprocessor import (
    CategoryColumn,
    DatetimeColumn,
    NumericColumn,
    Preprocessor,
)
from engine.errors import EngineError, FilesExist
from engine.exports.csv_tables import state_of
from engine.portable.adoption import adopt
from engine.portable.catalogue import write
from engine.portable.kept import KeptRun, made_rows
from engine.portable.notebook import notebook
from engine.portable.onnx_graph import graph_of, run_graph
from engine.portable.reading import Reading
from engine.portable.received import Bundle
from engine.portable.script import script as training_script
from engine.portable.scripts import predict
from engine.prediction.file import predict_file
from engine.prediction.fitted_run import FittedModel, FittedRun
from engine.prediction.network import Layer, Network
from engine.prediction.own_rows import OwnRows
from engine.prediction.written_rows import CsvRows
from engine.results.decision_rule import DecisionRule
from engine.sources.files import locate
from engine.specs.activations import ACTIVATIONS
from engine.store.home import copies_path
from engine.store.store import Store
from tests.support.command_line import put_finished
from tests.support.engine.fitted_runs import fitted, fitted_home

NEW = "Adelie,Biscoe,38.5,18.1,190,3700,MALE\nx,Atlantis,99,,190,NA,\n"
HEAD = "species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    folder.chmod(0o700)
    settings: dict[str, Any] = {"hidden_layers": [8], "activation": "gelu", "dropout": 0.1}
    run = fitted(folder, "train", epochs=2, early_stopping={"patience": 1}, **settings)
    with Store.open(folder) as store:
        store.rename(run, "to take away")
        store.set_decision_rule(run, DecisionRule(temperature=1.5))
    return folder


def export(home: Path, option: str, target: Path, **more: Any) -> list[Written]:
    run = more.pop("run", 1)
    return list(write(ExportRequest(home=home, run=run, option=option, target=target, **more)))


@pytest.fixture(scope="module")
def bundle(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bundles") / "taken"
    said = export(home, "bundle", target, card="# Card\n")
    # it has tried itself against what the run said of every row
    assert "344 stored rows as the run did" in said[-1].note
    return target


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


def test_the_bundle_has_what_is_needed_and_nothing_of_ours_is_imported(bundle: Path) -> None:
    names = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    assert names >= {
        "README.md", "model.keras", "preprocessing.json", "predict.py", "train.py",
        "requirements.txt", "penguins.csv",
    }  # fmt: skip
    assert (bundle / "README.md").read_text().startswith("# Card\n")
    for script in bundle.glob("*.py"):
        imported = [x for x in script.read_text().splitlines() if x.startswith(("import", "from"))]
        assert not any(word in x for x in imported for word in ("engine", "penguin", "pandas"))
    packages = [x.partition("==")[0] for x in (bundle / "requirements.txt").read_text().split()]
    assert packages == ["keras", "numpy", "tensorflow"]


def test_a_folder_that_is_there_is_overwritten_on_request_only(home: Path, bundle: Path) -> None:
    with pytest.raises(FilesExist, match="exists already"):
        export(home, "bundle", bundle)


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


def run_cells(found: dict[str, Any]) -> dict[str, Any]:
    """The names that a notebook leaves, run from top to bottom."""
    names: dict[str, Any] = {}
    for cell in found["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    return names


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


# -- into another home -----------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path: Path) -> Path:
    folder = tmp_path / "other"
    folder.mkdir(mode=0o700)
    with Store.open(folder):
        pass
    return folder


def bring(home: Path, path: Path) -> int:
    with Store.open(home) as store:
        return list(adopt(store, ImportRequest(home=home, bundle=path)))[-1].run


def test_a_run_comes_into_another_home_as_it_was(home: Path, bundle: Path, other: Path) -> None:
    run = bring(other, bundle)
    with Store.open(home) as store, Store.open(other) as elsewhere:
        ours, theirs = store.run(1), elsewhere.run(run)
        for name in ("name", "kind", "status", "metrics", "spec", "test_set_id", "data_sha256",
                     "created", "ended", "decision_rule", "provenance", "parameters"):  # fmt: skip
            assert getattr(theirs, name) == getattr(ours, name), name
        assert state_of(elsewhere, theirs).result == state_of(store, ours).result
        # the evaluation that it has had goes on being counted
        assert theirs.test_evaluations == 1
        notes = [note.text for note in state_of(elsewhere, theirs).notes]
        assert any("Brought in from a bundle of run 1" in text for text in notes)
    frame = pd.read_csv(locate("penguins"))
    np.testing.assert_array_equal(
        load_run(run, other).predict_proba(frame), load_run(1, home).predict_proba(frame)
    )


def test_an_evaluation_that_a_home_knows_is_not_counted_once_more(
    home: Path, bundle: Path, other: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(home, own)
    with Store.open(own) as store:
        before = store.run(1).test_evaluations
    runs = [(own, bring(own, bundle)), (other, bring(other, bundle)), (other, bring(other, bundle))]
    for folder, run in runs:
        with Store.open(folder) as store:
            assert store.run(run).test_evaluations == (before if folder == own else 1)
            assert store.run(1).test_evaluations == store.run(run).test_evaluations


def test_a_bundle_is_loaded_as_a_run_is(home: Path, bundle: Path, tmp_path: Path) -> None:
    packed = tmp_path / "taken.zip"
    zipped(packed, {p.relative_to(bundle).as_posix(): p.read_bytes()
                    for p in bundle.rglob("*") if p.is_file()})  # fmt: skip
    frame = pd.read_csv(locate("penguins"))
    expected = load_run(1, home).predict_proba(frame)
    for path in (bundle, packed):
        np.testing.assert_array_equal(load_bundle(path).predict_proba(frame), expected)


def zipped(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(f"taken/{name}", body)


def linked(body: bytes) -> bytes:
    """A network whose weights are said to lie in another file."""
    with zipfile.ZipFile(io.BytesIO(body)) as before:
        members = {name: before.read(name) for name in before.namelist()}
    weights = io.BytesIO(members["model.weights.h5"])
    with h5py.File(weights, "r+") as file:
        del file["layers/dense"]
        file["layers/dense"] = h5py.ExternalLink("/etc/hostname", "/")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as after:
        for name, one in (members | {"model.weights.h5": weights.getvalue()}).items():
            after.writestr(name, one)
    return made.getvalue()


def moved(body: bytes, name: str, value: object) -> bytes:
    """A run's row with another value."""
    return json.dumps(json.loads(body) | {name: value}).encode()


HOSTILE = {
    "absolute": ({"/etc/evil": b""}, "would lie outside"),
    "upward": ({"taken/../../evil": b""}, "would lie outside"),
    "no model": ({"taken/model.keras": None}, "it has no model.keras"),
    "broken model": ({"taken/model.keras": b"PK"}, "network cannot be read"),
    "model that leads on": ({"taken/model.keras": linked}, "network cannot be read"),
    "too large": ({"taken/zeros": bytes(2**20)}, "more than"),
    "no JSON": ({"taken/bundle.json": b"{"}, "bundle.json cannot be read"),
    "another format": ({"taken/bundle.json": b'{"format": 9}'}, "its format is 9"),
    "other events": ({"taken/run/events.jsonl": b'{"type": "spam"}\n'}, "cannot be read"),
    "no run": ({"taken/run/run.json": None}, "it has no run/run.json"),
    "another spec": ({"taken/run/run.json": b'{"spec": {"kind": "rm"}}'}, "rm"),
    "deep JSON": ({"taken/bundle.json": b"[" * 100_000}, "bundle.json cannot be read"),
    "a swelling split": (
        {"taken/run/split.bin": zlib.compress(bytes(2**21))},
        "split.bin has more than",
    ),
    "a split of no set": ({"taken/run/split.bin": zlib.compress(b"\x09")}, "cannot be read"),
    "no moment": ({"taken/run/run.json": lambda body: moved(body, "created", 1e300)}, "be read"),
    "no hash": (
        {"taken/run/run.json": lambda body: moved(body, "data_sha256", "../../x")},
        "cannot be read",
    ),
    "less of a row": (
        {"taken/run/run.json": lambda body: body.replace(b"test_data_sha256", b"other")},
        "cannot be read",
    ),
    "other rows": ({"taken/run/test_rows.json": b'{"columns": ["a"]}'}, "cannot be read"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_broken_or_hostile_bundle_leaves_nothing_behind(
    how: str, bundle: Path, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, said = HOSTILE[how]
    files: dict[str, Any] = {
        f"taken/{p.relative_to(bundle).as_posix()}": p.read_bytes()
        for p in bundle.rglob("*")
        if p.is_file()
    }
    for name, change in changes.items():
        files[name] = change(files[name]) if callable(change) else change
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            if body is not None:
                archive.writestr(name, body)
    monkeypatch.setattr("engine.portable.received.LIMIT_BYTES", 2**20)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(EngineError, match=said):
        bring(other, path)
    with Store.open(other) as store:
        assert store.runs() == []
    assert [p for p in tmp_path.rglob("*") if "sqlite3-" not in p.name] == [
        p for p in before if "sqlite3-" not in p.name
    ] or sorted(tmp_path.rglob("*")) == before


def test_a_zip_file_with_a_damaged_member_is_refused(
    bundle: Path, other: Path, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.zip"
    zipped(path, {p.name: p.read_bytes() for p in bundle.iterdir() if p.is_file()})
    body = bytearray(path.read_bytes())
    at = body.index(b"taken/preprocessing.json") + len("taken/preprocessing.json")
    body[at : at + 8] = b"\xff" * 8
    path.write_bytes(body)
    with pytest.raises(EngineError, match="sound zip file"):
        bring(other, path)


def test_links_are_refused(bundle: Path, other: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in bundle.iterdir():
        (copy / path.name).symlink_to(path)
    with pytest.raises(EngineError, match="is a link"):
        bring(other, copy)
    packed = tmp_path / "links.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        member = zipfile.ZipInfo("taken/bundle.json")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(EngineError, match="is a link"):
        bring(other, packed)


# -- other formats ---------------------------------------------------------------------------------


def test_the_onnx_file_predicts_from_the_columns_as_they_are(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "run.onnx"
    said = export(home, "onnx", target)
    assert "ONNX Runtime predicts 344 rows alike" in said[-1].note
    with Store.open(home) as store:
        run = FittedRun.load(store, 1)
    frame = pd.read_csv(locate("penguins"))
    found = run_graph(target.read_bytes(), run, frame)
    np.testing.assert_allclose(found, run.probabilities(frame), atol=1e-5)


DATES = ("year", "month sin", "month cos", "day", "weekday sin", "weekday cos", "hour sin")
MIXED = Preprocessor(
    protocol="strict", target="t", classes=("p", "q"),
    columns=(
        NumericColumn(name="a", fill=3, shift=5, scale=2),
        CategoryColumn(name="b", levels=("x", "y"), encoding="ordinal", missing_code=2,
                       grouped="infrequent", shift=1, scale=0.5),
        CategoryColumn(name="c", levels=("x", "y"), encoding="one_hot", missing_code=-1),
        DatetimeColumn(name="d", features=tuple(
            NumericColumn(name=name, fill=1.5, shift=2, scale=3) for name in DATES)),
    ),
)  # fmt: skip


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_and_column_is_right_in_onnx(activation: str) -> None:
    random = np.random.default_rng(0)
    width = len(MIXED.feature_names)

    def layer(inputs: int, units: int, name: str) -> Layer:
        kernel = random.normal(size=(inputs, units), scale=0.3).astype(np.float32)
        return Layer(kernel, random.normal(size=units).astype(np.float32), name)

    network = Network((layer(width, 16, activation), layer(16, 2, "softmax")))
    rule = DecisionRule(temperature=1.7, threshold=0.3, positive="p")
    model = FittedModel(MIXED, network, rule)
    frame = made_rows(model)
    century = 100 * 365 * 86_400
    moments = random.integers(-century, century, len(frame)).astype("datetime64[s]")
    moments[4:7] = np.datetime64("NaT")
    frame["d"] = moments
    frame.loc[3:5, "a"] = np.nan
    frame.loc[7:9, "b"] = None
    body = graph_of(model, Reading(missing={}), "mixed")
    found = run_graph(body, model, frame)
    np.testing.assert_allclose(found, model.probabilities(frame), atol=1e-5)


def test_what_predicts_otherwise_is_not_written(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.portable.onnx_graph._activated", lambda graph, name, z: z)
    with pytest.raises(EngineError, match="predicts otherwise than run 1"):
        export(home, "onnx", tmp_path / "run.onnx")
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_it_is_said(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EngineError, match="package onnxruntime") as error:
        export(home, "onnx", tmp_path / "run.onnx")
    assert "penguin-tui[onnx]" in error.value.hint


def test_the_network_for_litert_is_compared_before_it_is_written(
    home: Path, tmp_path: Path
) -> None:
    said = export(home, "litert", tmp_path / "run.tflite")
    assert any("LiteRT predicts 344 rows alike" in one.note for one in said)
    assert (tmp_path / "run.tflite").read_bytes()[4:8] == b"TFL3"


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """The home of a finished training with its epochs."""
    folder = tmp_path / "stored"
    folder.mkdir(mode=0o700)
    put_finished(folder)
    return folder


def test_tensorboards_own_reader_reads_epochs_settings_and_matrices(
    stored: Path, tmp_path: Path
) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import metadata

    said = export(stored, "tensorboard", tmp_path / "logs")
    place = Path(said[-2].path)
    with Store.open(stored) as store:
        curve = state_of(store, store.run(1)).curve
    reader = EventAccumulator(str(place), size_guidance={"tensors": 0, "scalars": 0})
    reader.Reload()
    for name, tag in (("val_accuracy", "accuracy/validation"), ("loss", "loss/training")):
        found = reader.Scalars(tag) if tag in reader.Tags()["scalars"] else reader.Tensors(tag)
        assert [one.step for one in found] == [1, 2, 3]
        values = [one.value if hasattr(one, "value") else one.tensor_proto.float_val[0]
                  for one in found]  # fmt: skip
        np.testing.assert_allclose(values, list(curve.column(name)), rtol=1e-6)
    body = reader.SummaryMetadata(metadata.SESSION_START_INFO_TAG).plugin_data.content
    settings = metadata.parse_session_start_info_plugin_data(body).hparams
    assert settings["activation"].string_value == "relu"
    # overwritten on request; a folder that anybody else has filled stays as it is
    with pytest.raises(FilesExist):
        export(stored, "tensorboard", tmp_path / "logs")
    export(stored, "tensorboard", tmp_path / "logs", force=True)
    (place / "thesis.txt").write_text("mine")
    with pytest.raises(EngineError, match="was not written by an export"):
        export(stored, "tensorboard", tmp_path / "logs", force=True)
    (place / "thesis.txt").unlink()
    matrices = EventAccumulator(str(place / "confusion"))
    matrices.Reload()
    assert matrices.Tags()["images"] == ["confusion"]


def test_dates_are_read_in_the_formats_they_are_written_in() -> None:
    assert read_moments(["2023-01-31", "2023-02-01"]).formats == ("ISO8601",)
    found = read_moments(["31.01.2023 08:30", "28.02.2023 09:15"]).formats
    assert "%d.%m.%Y %H:%M" in found


def test_a_bundle_for_other_features_is_refused(bundle: Path) -> None:
    found = Bundle.read(bundle)
    assert found.model.classes == ("Adelie", "Gentoo", "Chinstrap")
    assert replace(found.model, rule=DecisionRule()).columns[0] == "island"
