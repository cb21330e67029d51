"""Listing, showing, logging and managing runs that are in the store."""

import csv
import json
import math
import time
from pathlib import Path

import pytest

from engine.client import queries
from engine.errors import EngineError
from engine.exports.csv_tables import state_of
from engine.exports.run_json import run_object, run_row
from engine.kinds import KINDS, make_spec
from engine.runs.events import Ended, EpochBlock, Note, Phase
from engine.store.home import home
from engine.store.store import Store
from tests.support.command_line import (
    call,
    epochs,
    finished_events,
    put,
    put_finished,
    read,
    trained,
    without_engine,
)
from tests.support.stored.compared import put_compared
from tests.support.stored.released_homes import RELEASES, copy_of

HOSTILE = "\x1b[31m\u202e[red]=1+1\t\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    return home()


# -- show ------------------------------------------------------------------------------------


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


# -- runs ------------------------------------------------------------------------------------


def test_runs_are_listed_newest_first_and_can_be_filtered(folder: Path) -> None:
    first = put_finished(folder)
    second = put(folder, [Ended(at=time.time(), status="failed")], kind="baseline")
    assert [row["run"] for row in read("runs", "--json")] == [second, first]
    assert [row["run"] for row in read("runs", "--json", "--kind", "train")] == [first]
    assert [row["run"] for row in read("runs", "--json", "--status", "failed")] == [second]
    assert [row["run"] for row in read("runs", "--json", "--limit", "1")] == [second]
    lines = call("runs").stdout.splitlines()
    assert lines[1].split()[:2] == [str(second), "baseline"]
    assert lines[2].split()[:2] == [str(first), "train"]
    assert "×1" in lines[2]
    assert "1 more" in call("runs", "--limit", "1").stdout


def test_an_empty_store_says_what_to_do(folder: Path) -> None:
    assert "penguin-tui run baseline" in call("runs").stdout
    assert read("runs", "--json") == []


# -- log -------------------------------------------------------------------------------------


def test_the_log_has_epochs_as_keras_prints_them(folder: Path) -> None:
    run = put_finished(folder)
    lines = call("log", str(run)).stdout.splitlines()
    assert (
        "Epoch 2/20 - 13/13 - 2ms/step - accuracy: 0.9000 - loss: 0.5000 - val_accuracy: 0.8000"
        " - val_loss: 0.7500 - learning_rate: 1.0000e-03" in lines
    )
    assert lines[-1] == "finished"
    assert call("log", str(run), "--last", "1").stdout == "finished\n"


def test_the_log_of_a_run_that_has_ended_can_be_followed(folder: Path) -> None:
    run = put_finished(folder)
    result = call("log", str(run), "--follow")
    assert result.exit_code == 0
    assert result.stdout.count("Epoch") == 3
    failed = put(folder, [Ended(at=time.time(), status="diverged")])
    assert call("log", str(failed), "--follow").exit_code == 1


def test_the_log_as_json_is_one_object_a_line(folder: Path) -> None:
    block = EpochBlock.of(0, 1, [(0.5, 0.9, math.nan, math.nan, 0.001, 0.02)])
    run = put(folder, [block, Ended(at=time.time(), status="stopped")])
    lines = [json.loads(line) for line in call("log", str(run), "--json").stdout.splitlines()]
    assert lines[0]["type"] == "epoch"
    assert lines[0]["loss"] == 0.5
    assert lines[0]["val_loss"] is None
    assert lines[-1]["status"] == "stopped"


# -- managing ---------------------------------------------------------------------------------


def test_runs_are_chosen_by_the_filter_of_the_screen(folder: Path) -> None:
    small = put_finished(folder, hidden_layers=[8], name="small")
    other = put_finished(folder, learning_rate=0.1)
    assert call("tag", str(small), "final", "paper").stdout == f"Run {small}: #final #paper\n"
    for where in ("tag:final", "layers=8", "lr<0.05 val>80%", "#paper !kind:sweep"):
        assert [row["run"] for row in read("runs", "--where", where, "--json")] == [small], where
    assert read("runs", "--json")[1]["tags"] == ["final", "paper"]
    head, *lines = call("runs", "--csv", "--where", "lr>0.05").stdout.splitlines()
    assert len(lines) == 1
    assert dict(zip(head.split(","), lines[0].split(","), strict=True))["run"] == str(other)
    assert call("tag", str(small), "--remove", "final").stdout == f"Run {small}: #paper\n"
    assert call("runs", "--where", "tag:final").stdout == "No runs.\n"


def test_a_mistake_in_a_filter_is_a_usage_error(folder: Path) -> None:
    refused = call("runs", "--where", "val>80% lrr<3")
    assert refused.exit_code == 2
    assert "where: lrr<3: there is no such setting or figure; did you mean lr?" in refused.stderr
    assert call("runs", "--csv", "--json").exit_code == 2


def test_compare_prints_what_tells_the_runs_apart(folder: Path) -> None:
    first = put_compared(folder, range(201, 204), name="good")
    second = put_compared(folder, range(204, 220), hidden_layers=[8])
    shown = call("compare", str(first), str(second), str(second)).stdout
    assert "97.0 % (91.5–99.0)" in shown
    assert "hidden layers 100, 100 8" in " ".join(shown.split())
    assert f"{first}, {second}" in shown
    assert "better" in shown
    assert f"{second} right, {first} wrong  201, 202, 203" in shown
    told = read("compare", str(first), str(second), "--json")
    assert told["pairs"][0]["only_a_right"] == 16
    assert told["pairs"][0]["verdict"] == "better"
    head, pair = csv.reader(call("compare", str(first), str(second), "--csv").stdout.splitlines())
    assert head[:5] == ["a", "b", "rows", "only_a_right", "only_b_right"]
    assert [float(cell) for cell in pair[3:5]] == [16, 3]
    assert pair[-1] == "better"
    # a run's line, as among all runs
    [line] = csv.DictReader(call("show", str(first), "--csv").stdout.splitlines())
    listed = list(csv.DictReader(call("runs", "--csv").stdout.splitlines()))[-1]
    assert {n: cell for n, cell in listed.items() if cell} == {
        n: cell for n, cell in line.items() if cell
    }


def test_compare_takes_two_to_eight_runs(folder: Path) -> None:
    run = str(put_finished(folder))
    for wrong in ([run], [run, run], ["1", "99"], []):
        assert call("compare", *wrong).exit_code == 2


def test_runs_are_renamed_noted_removed_and_brought_back(folder: Path) -> None:
    run = put_finished(folder)
    assert call("rename", "last", "the good one").exit_code == 0
    assert call("note", str(run), "keep this").exit_code == 0
    shown = read("show", str(run), "--json")
    assert (shown["name"], shown["note"]) == ("the good one", "keep this")
    assert "the good one" in call("runs").stdout
    removed = call("rm", str(run))
    assert removed.exit_code == 0
    assert f"penguin-tui rm --undo {run}" in removed.stdout
    assert read("runs", "--json") == []
    assert call("rm", "--undo", str(run)).exit_code == 0
    assert [row["run"] for row in read("runs", "--json")] == [run]


def test_nothing_is_removed_when_one_run_is_live(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_engine(monkeypatch)
    run = put_finished(folder)
    with Store.open(folder) as store:
        live = store.submit(make_spec("train", {}))
    result = call("rm", str(run), str(live))
    assert result.exit_code == 2
    assert f"penguin-tui stop {live}" in result.stderr
    assert len(read("runs", "--json")) == 2
    stopped = call("stop", str(live))
    assert stopped.exit_code == 0
    assert "is stopped" in stopped.stdout
    again = call("stop", str(live))
    assert again.exit_code == 1
    assert "ended already" in again.stderr


def test_a_removed_run_is_not_resumed_unseen_but_told_how_it_comes_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_engine(monkeypatch)
    run = put(folder, [Phase(name="training"), Ended(status="stopped")])
    assert call("rm", str(run)).exit_code == 0
    refused = call("resume", str(run))
    assert refused.exit_code == 1
    assert f"Run {run} was removed." in refused.stderr
    assert f"penguin-tui rm --undo {run}" in refused.stderr
    with Store.open(folder) as store:
        assert store.run(run).status == "stopped"
        assert not store.run(run).resumable
    assert call("rm", "--undo", str(run)).exit_code == 0
    assert call("resume", str(run)).exit_code == 0
    with Store.open(folder) as store:
        assert store.run(run).status == "queued"
        # and what is live by then is not removed
        with pytest.raises(EngineError, match="still running"):
            store.delete(run)


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


# -- text of others ----------------------------------------------------------------------------


def test_text_of_others_never_reaches_the_terminal_as_it_is(folder: Path) -> None:
    now = time.time()
    events = finished_events(trained((HOSTILE, "b"), cell=HOSTILE))[:-1]
    events += [
        Note(at=now, level="warning", text=HOSTILE),
        Phase(name=HOSTILE),
        Ended(at=now, status="failed", message=HOSTILE, hint=HOSTILE),
    ]
    run = put(folder, events, name=HOSTILE, target="t" + HOSTILE, data="/x/" + HOSTILE)
    call("note", str(run), HOSTILE)
    for arguments in (
        ["runs"],
        ["runs", "--json"],
        ["show", str(run)],
        ["show", str(run), "--json"],
        ["log", str(run)],
        ["log", str(run), "--json"],
        ["rm", str(run)],
    ):
        result = call(*arguments)
        assert result.exit_code == 0, result.output
        assert not {"\x1b", "\u202e", "\t"} & set(result.output), arguments


def test_damage_to_the_store_is_told_without_a_traceback(folder: Path) -> None:
    run = put_finished(folder)
    with Store.open(folder) as store, store.writing() as connection:
        connection.execute('UPDATE runs SET spec = \'{"kind": "train", "x": 1}\'')
        connection.execute("UPDATE events SET body = 'nonsense' WHERE number = 1")
    result = call("show", str(run))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert f"what run {run} has reported" in result.stderr


def test_a_file_that_is_no_store_is_told(folder: Path) -> None:
    (folder / "penguin-tui.sqlite3").write_bytes(b"this is no database" * 100)
    result = call("runs")
    assert result.exit_code == 1
    assert "penguin-tui.sqlite3" in result.stderr
