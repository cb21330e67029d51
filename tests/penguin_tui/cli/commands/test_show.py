"""`show`: what was promised of its JSON, and its summary."""

import time
from pathlib import Path

import pytest

from engine.client import queries
from engine.exports.csv_tables import state_of
from engine.exports.run_json import run_object, run_row
from engine.kinds import KINDS, make_spec
from engine.runs.events import Ended, Phase
from engine.store.store import Store
from tests.support.command_line import (
    call,
    epochs,
    put,
    put_finished,
    read,
    without_engine,
)
from tests.support.stored.released_homes import RELEASES, copy_of


def test_show_json_has_the_promised_fields(folder: Path) -> None:
    run = put_finished(folder, epochs=20, name="mine")
    shown = read("show", str(run), "--json")
    assert shown["run"] == run
    assert shown["kind"] == "train"
    assert shown["status"] == "finished"
    assert shown["name"] == "mine"
    assert shown["spec"]["epochs"] == 20
    assert shown["metrics"]["test_accuracy"] == pytest.approx(62 / 66)
    assert (
        shown["metrics"]["val_accuracy_low"]
        < shown["metrics"]["val_accuracy"]
        < shown["metrics"]["val_accuracy_high"]
    )
    assert shown["confusion_matrix"] == {
        "labels": ["Adelie", "Gentoo"],
        "train": [[95, 5], [5, 95]],
        "validation": [[30, 3], [3, 30]],
        "test": [[31, 2], [2, 31]],
    }
    assert shown["parameters"] == 902
    assert shown["epochs_run"] == 3
    assert shown["epoch_kept"] == 2
    assert shown["stop_reason"] == "early stopping at epoch 3"
    assert shown["test_evaluations"] == 1
    assert shown["warnings"] == ["Two rows are the same."]
    assert shown["seconds"] >= 0
    assert shown["scores"]["test"]["classes"][0]["label"] == "Adelie"


def test_show_json_without_a_result_has_null_in_its_place(folder: Path) -> None:
    end = Ended(at=time.time(), status="failed", message="It broke.", hint="Mend it.")
    run = put(folder, [end])
    shown = read("show", str(run), "--json")
    assert shown["confusion_matrix"] is None
    assert shown["metrics"]["test_accuracy"] is None
    assert (shown["status"], shown["message"], shown["hint"]) == ("failed", "It broke.", "Mend it.")
    assert shown["stop_reason"] == "It broke."


def test_what_show_prints_can_be_run_again(folder: Path, tmp_path: Path) -> None:
    run = put_finished(folder, epochs=20, hidden_layers=[7])
    file = tmp_path / "shown.json"
    file.write_text(call("show", str(run), "--json").stdout)
    refused = call("run", "train", "--spec", str(file), "--set", "epochs=0")
    # only what was changed is wrong with it
    assert refused.stderr.count("is invalid") == 1


def test_the_summary_says_what_matters(folder: Path) -> None:
    run = put_finished(folder)
    text = call("show", str(run)).stdout
    for words in (
        f"Run {run} · training · ",
        "93.9 %",
        "evaluated 1 time,",
        "early stopping at epoch 3",
        "epoch 2 kept",
        "Confusion matrix, validation",
        "hidden_1",
        "902",
        "Two rows are the same.",
        "precision",
    ):
        assert words in text
    assert "data leakage" not in text


def test_published_figures_are_marked(folder: Path) -> None:
    run = put_finished(folder, protocol="as_published")
    text = call("show", str(run)).stdout
    assert text.lower().count("as published (data leakage)") == 2
    assert "validation" not in text
    assert "as published" in call("runs").stdout
    assert read("show", str(run), "--json")["confusion_matrix"]["validation"] is None


def test_a_queued_run_can_be_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_engine(monkeypatch)
    with Store.open(folder) as store:
        store.submit(make_spec("train", {}))
    assert "· training · penguins → species: queued" in call("show", "last").stdout


def test_a_run_whose_engine_died_is_lost(folder: Path) -> None:
    run = put(folder, [Phase(name="training"), epochs(2)])
    assert read("show", str(run), "--json")["status"] == "lost"
    assert "lost" in call("runs").stdout


def test_last_is_what_the_person_ran_never_what_the_screen_looked_up(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_engine(monkeypatch)
    monkeypatch.setattr(queries, "ensure_engine", lambda store: None)
    table = tmp_path / "other.csv"
    table.write_text("a,b,y\n" + "1,2,x\n2,3,z\n" * 10)
    mine = put_finished(folder, name="mine")
    with Store.open(folder) as store:
        # as the Data screen does, of this file and of another
        for fields in ({}, {"data": str(table), "target": "y"}):
            queries.ask(store, "describe", make_spec("describe", fields), f"data screen {fields}")
    assert read("show", "last", "--json")["run"] == mine
    summary = put(folder, [Ended(status="stopped")], kind="describe")
    assert read("show", "last", "--json")["run"] == summary
    other = put(folder, [Ended(status="stopped")], data=str(table), target="y")
    assert read("show", "last", "--json")["run"] == other
    assert call("rm", str(other), str(summary)).exit_code == 0
    assert read("show", "last", "--json")["run"] == mine


@pytest.mark.parametrize("home", RELEASES)
def test_list_and_object_agree_on_every_key_that_both_have(home: str, tmp_path: Path) -> None:
    with Store.open(copy_of(home, tmp_path / "released")) as store:
        for record in store.runs():
            row, whole = run_row(record), run_object(record, state_of(store, record))
            assert row.items() <= whole.items(), record.id
            if KINDS[record.kind].varies:
                # all trainings count, those that are done and those that are planned
                assert whole["epochs_run"] <= whole["epochs_planned"], record.id


def test_epochs_of_a_search_are_counted_against_all_its_trainings(folder: Path) -> None:
    vary = {"learning_rate": {"values": [0.1, 0.2, 0.3]}}
    planned = 3 * 3 + 1
    run = put(folder, [Ended(status="stopped")], kind="grid_search", epochs=2000, vary=vary)
    found = read("show", str(run), "--json")
    assert (found["epochs_planned"], found["epochs_run"]) == (planned * 2000, 0)
    assert f"0/{planned * 2000:,}" in call("runs").stdout
