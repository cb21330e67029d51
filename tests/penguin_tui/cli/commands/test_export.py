"""Files a run has left, as the command line exports them."""

import csv
import io
import os
import resource
from array import array
from collections.abc import Callable
from contextlib import suppress
from math import nan
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NothingToExport
from engine.exports.csv_tables import state_of
from engine.exports.formats import EXPORTS
from engine.exports.sizes import about_sizes
from engine.results.predictions import PREDICTIONS, Predictions, SetPredictions
from engine.results.split_rows import packed
from engine.runs.events import Event, Finished
from engine.store.home import home
from engine.store.store import Store
from engine.store.writer import keep_artefact
from tests.support.command_line import call, finished_events, put, put_finished, trained
from tests.support.stored.curves import curve_events, curve_spec
from tests.support.stored.descriptions import penguins
from tests.support.stored.evaluations import evaluation_events, evaluation_spec
from tests.support.stored.influence import influence_events
from tests.support.stored.leaks import leaks_events, leaks_spec
from tests.support.stored.runs import baseline_events
from tests.support.stored.searches import RANDOM, search_events


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    return home()


def test_what_a_run_left_is_exported(folder: Path, tmp_path: Path) -> None:
    run = put_finished(folder)
    with Store.open(folder) as store, store.writing() as connection:
        keep_artefact(connection, run, "model.keras", b"PK\x03\x04network")
        keep_artefact(connection, run, "preparation.json", b"{}")
    model, prepared, figures = (tmp_path / n for n in ("m.keras", "p.json", "e.csv"))
    result = call(
        "export", str(run), "--model", str(model), "--preprocessing", str(prepared),
        "--epochs", str(figures),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert model.read_bytes() == b"PK\x03\x04network"
    assert prepared.read_text() == "{}"
    rows = list(csv.DictReader(io.StringIO(figures.read_text())))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert float(rows[1]["loss"]) == 0.5
    again = call("export", str(run), "--model", str(model))
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert call("export", str(run), "--model", str(model), "--force").exit_code == 0
    piped = call("export", str(run), "--epochs", "-")
    assert piped.stdout.startswith("trial,fold,epoch,loss")


def test_the_set_of_every_row_is_exported(folder: Path) -> None:
    run = put_finished(folder)
    with Store.open(folder) as store, store.writing() as connection:
        keep_artefact(connection, run, "split.bin", packed(bytes((1, 0, 3, 2))))
    text = call("export", str(run), "--split", "-").stdout
    assert text.split() == ["row,split", "1,train", "2,none", "3,test", "4,validation"]


def test_the_predictions_of_every_row_are_exported(folder: Path) -> None:
    run = put_finished(folder)
    missing = call("export", str(run), "--predictions", "-")
    assert missing.exit_code == 2
    assert "rerun" in missing.stderr
    own = SetPredictions(array("I", [3, 9]), array("I", [1, 0]), array("f", [0.25, 0.75, nan, 0]))
    with Store.open(folder) as store, store.writing() as connection:
        kept = Predictions(("Adelie", "=Gentoo"), {"validation": own})
        keep_artefact(connection, run, PREDICTIONS, kept.to_bytes())
    text = call("export", str(run), "--predictions", "-").stdout
    assert text.splitlines() == [
        "row,split,actual,predicted,probability:Adelie,probability:=Gentoo",
        "3,validation,'=Gentoo,'=Gentoo,0.25,0.75",
        "9,validation,Adelie,,,0.0",
    ]


def test_nothing_is_written_when_something_is_missing(folder: Path, tmp_path: Path) -> None:
    run = put_finished(folder)
    figures = tmp_path / "e.csv"
    result = call(
        "export", str(run), "--epochs", str(figures), "--model", str(tmp_path / "m.keras")
    )
    assert result.exit_code == 2
    assert "has no network" in result.stderr
    assert not figures.exists()


def test_an_exported_csv_holds_no_formula(folder: Path, tmp_path: Path) -> None:
    run = put(folder, finished_events(trained(("=1+1", "@x"), cell='=HYPERLINK("x")')))
    text = call("export", str(run), "--misclassified", "-").stdout
    row = next(iter(csv.DictReader(io.StringIO(text))))
    assert row["actual"] == "'=1+1"
    assert row["predicted"] == "'@x"
    assert row["island"] == '\'=HYPERLINK("x")'
    # a negative number stays one
    assert row["mass"] == "-1.5"


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_failed_export_leaves_no_half_file_and_what_was_there_before(
    folder: Path, tmp_path: Path, force: list[str]
) -> None:
    run = put_finished(folder)
    with Store.open(folder) as store, store.writing() as connection:
        keep_artefact(connection, run, "model.keras", bytes(3_000_000))
    place = tmp_path / "files"
    place.mkdir()
    if force:
        (place / "m.keras").write_bytes(b"an earlier one")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # the disk is full after the first megabyte
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        result = call("export", str(run), "--model", str(place / "m.keras"), *force)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert result.exit_code == 2
    assert "cannot be written: File too large" in result.stderr
    assert {path.name: path.read_bytes() for path in place.iterdir()} == (
        {"m.keras": b"an earlier one"} if force else {}
    )


def test_an_export_replaces_the_file_that_a_link_leads_to_and_has_the_usual_permissions(
    folder: Path, tmp_path: Path
) -> None:
    run = put_finished(folder)
    link, file = tmp_path / "link.csv", tmp_path / "file.csv"
    file.write_text("old")
    link.symlink_to(file)
    assert call("export", str(run), "--epochs", str(link)).exit_code == 2
    assert call("export", str(run), "--epochs", str(link), "--force").exit_code == 0
    assert link.is_symlink()
    assert file.read_text().startswith("trial,fold,epoch")
    umask = os.umask(0)
    os.umask(umask)
    assert file.stat().st_mode & 0o777 == 0o666 & ~umask


def test_tables_are_written_as_parquet_too(folder: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    run = put(folder, finished_events(trained(("=1+1", "@x"))), name="named")
    epochs, rows, runs = (str(tmp_path / f"{n}.parquet") for n in ("epochs", "rows", "runs"))
    written = call("export", str(run), "--epochs", epochs, "--misclassified", rows)
    assert written.exit_code == 0, written.output
    assert pq.read_table(epochs)["epoch"].to_pylist() == [1, 2, 3]
    # no spreadsheet reads it: nothing is marked
    assert pq.read_table(rows)["actual"].to_pylist() == ["=1+1"]
    assert call("runs", "--parquet", runs).exit_code == 0
    (row,) = pq.read_table(runs).to_pylist()
    assert (row["run"], row["name"], row["batch_size"]) == (run, "named", 16)
    assert call("runs", "--parquet", runs).exit_code == 2


KINDS: dict[str, tuple[Callable[[], list[Event]], dict[str, Any]]] = {
    "train": (lambda: finished_events(trained(("a", "b"))), {}),
    "baseline": (baseline_events, {}),
    "random_search": (search_events, RANDOM),
    "evaluate": (evaluation_events, evaluation_spec().model_dump(mode="json", exclude={"kind"})),
    "leaks": (leaks_events, leaks_spec().model_dump(mode="json", exclude={"kind"})),
    "learning_curve": (curve_events, curve_spec().model_dump(mode="json", exclude={"kind"})),
    "influence": (influence_events, {"repeats": 3}),
    "describe": (lambda: [Finished(result=penguins())], {}),
}


def of_kind(folder: Path, kind: str) -> int:
    make, fields = KINDS[kind]
    return put(folder, make(), kind, **fields)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_offered_of_a_run_is_what_can_be_made_and_about_as_large(
    kind: str, folder: Path
) -> None:
    run = of_kind(folder, kind)
    made = {}
    with Store.open(folder) as store:
        record = store.run(run)
        told = about_sizes(store, record)
        for export in EXPORTS:
            with suppress(NothingToExport):
                if export.table is not None and export.body is not None:
                    made[export.option] = len(export.body(store, record))
    assert told.keys() & {one.option for one in EXPORTS if one.table} == made.keys()
    for option, size in made.items():
        assert 0.1 < told[option] / size < 10, option


def test_what_a_run_came_to_is_a_table_of_numbers(folder: Path) -> None:
    def table(kind: str) -> list[dict[str, str]]:
        done = call("export", str(of_kind(folder, kind)), "--results", "-")
        assert done.exit_code == 0, done.output
        return list(csv.DictReader(io.StringIO(done.stdout)))

    curve = table("learning_curve")
    assert set(curve[0]) == {"model", "training_rows", "extrapolated", "mean", "low", "high"}
    assert {row["extrapolated"] for row in curve} == {"False", "True"}
    assert {row["list"] for row in table("influence")} >= {"teaching", "misleading"}
    assert table("baseline")[0]["feature"] == "(intercept)"
    assert {row["leak"] for row in table("leaks")} >= {"preprocessing", "stopping"}
    assert {row["name"] for row in table("describe")} >= {"species", "island", "bill_length_mm"}
    models = table("evaluate")
    assert models[0]["model"] == "network"
    assert 0 < float(models[0]["low"]) <= float(models[0]["mean"]) <= float(models[0]["high"]) <= 1
    run = of_kind(folder, "train")
    refused = call("export", str(run), "--results", "-")
    assert "has no table of results" in refused.stderr
    matrix = list(csv.DictReader(io.StringIO(call("export", str(run), "--confusion", "-").stdout)))
    assert {row["split"] for row in matrix} >= {"train", "validation"}
    assert all(row["rows"].isdigit() for row in matrix)


def test_trials_and_folds_are_tables(folder: Path) -> None:
    search = put(folder, search_events(), "random_search", **RANDOM)
    head, *rows = call("export", str(search), "--trials", "-").stdout.splitlines()
    assert head.startswith("trial,group,status,epochs,")
    with Store.open(folder) as store:
        assert len(rows) == len(state_of(store, store.run(search)).trials)
    own = evaluation_spec().model_dump(mode="json", exclude={"kind"})
    evaluation = put(folder, evaluation_events(), "evaluate", **own)
    head, *rows = call("export", str(evaluation), "--folds", "-").stdout.splitlines()
    assert head == "model,fold,accuracy"
    assert rows[0].startswith("network,1,")


def test_a_run_without_a_network_makes_no_bundle_and_writes_nothing_else(
    folder: Path, tmp_path: Path
) -> None:
    run = put_finished(folder)
    epochs, bundle = tmp_path / "epochs.csv", tmp_path / "bundle"
    refused = call("export", str(run), "--epochs", str(epochs), "--bundle", str(bundle))
    assert refused.exit_code == 2
    assert "has no network" in refused.stderr
    assert not epochs.exists()
    assert call("export", str(run), "--bundle", "-").exit_code == 2
    assert call("export", str(run), "--onnx", "run.pb").exit_code == 2
