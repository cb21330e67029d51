"""Files a run has left, as the command line exports them."""

import csv
import io
import os
import resource
from array import array
from math import nan
from pathlib import Path

import pytest

from engine.results.predictions import PREDICTIONS, Predictions, SetPredictions
from engine.results.split_rows import packed
from engine.store.home import home
from engine.store.store import Store
from engine.store.writer import keep_artefact
from tests.support.command_line import call, finished_events, put, put_finished, trained


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
