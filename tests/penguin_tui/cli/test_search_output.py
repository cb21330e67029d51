"""Sweeps and searches on the command line: progress, log, summary and JSON of many candidates."""

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from engine.kinds import make_spec
from engine.results.scores import ClassScore, ConfusionMatrix, LayerRow, Scores, SetScore
from engine.results.search import Importance, Point, ReproduceResult, SearchResult, SweepResult
from engine.results.statistics import accuracy_band, wilson
from engine.runs.events import (
    Ended,
    EpochBlock,
    Event,
    Finished,
    Phase,
    Plan,
    TrialEnded,
    TrialStarted,
    training_key,
)
from engine.runs.state import RunState, fold
from engine.store.home import home
from engine.store.store import Store
from engine.store.writer import RunWriter, claim
from penguin_tui.cli.root import cli
from penguin_tui.presentation.progress import progress_line

LABELS = ("Adelie", "Gentoo")
SEARCH = {"vary": {"batch_size": {"low": 2, "high": 16}}, "max_trials": 4, "folds": 2}
SWEEP = {"vary": {"epochs": {"low": 1, "high": 3}}, "repeats": 2}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    return home()


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), prog_name="penguin-tui")


def put(folder: Path, kind: str, fields: dict[str, Any], events: list[Event]) -> int:
    with Store.open(folder) as store:
        run = store.submit(make_spec(kind, fields))
        record = claim(store, (kind,), {})
        assert record is not None
        with store.writing() as connection:
            RunWriter(record).write(connection, events)
    return run


def chosen() -> dict[str, Any]:
    """What the result of every sweep and search has in common."""
    classes = tuple(
        ClassScore(label=label, precision=0.9, recall=0.9, f1=0.9, rows=30) for label in LABELS
    )
    score = SetScore(rows=60, accuracy=wilson(54, 60), macro_f1=0.9, log_loss=0.3, classes=classes)
    matrix = ((27, 3), (3, 27))
    return {
        "scores": Scores(train=score, validation=score, test=score),
        "confusion": ConfusionMatrix(labels=LABELS, train=matrix, validation=matrix, test=matrix),
        "misclassified": (),
        "test_set_id": "part",
        "layers": (LayerRow(name="output", output_shape=(2,), parameters=14),),
        "parameters": 14,
        "epochs_run": 5,
        "epoch_kept": 5,
        "stop_reason": "all 5 epochs done",
    }


def trials() -> list[Event]:
    """Two candidates with two folds each; the second is better."""
    now = time.time()
    events: list[Event] = [
        Phase(name="searching"),
        Plan(at=now - 10, trials=4, trainings=8, epochs=40),
    ]
    for trial, scores in ((0, (0.8, 0.9)), (1, (0.94, 0.96))):
        size = 4 + trial
        events.append(TrialStarted(at=now, trial=trial, settings={"batch_size": size}, epochs=5))
        for number in range(2):
            rows = [(0.5, 0.9, 0.6, 0.8, 0.001, 0.1)] * 5
            events.append(EpochBlock.of(training_key(trial, number), 1, rows))
        events.append(
            TrialEnded(
                at=now, trial=trial, status="finished", effective_settings={"batch_size": size},
                scores={"validation": scores, "train": (0.99, 0.99)}, epochs=10,
            )
        )  # fmt: skip
    return events


def search() -> list[Event]:
    result = SearchResult(
        **chosen(),
        kind="random_search",
        best_trial=1,
        best_settings={"batch_size": 5},
        effective_settings={"batch_size": 5},
        selection_score=0.95,
        importances=(Importance(setting="batch_size", method="rank correlation", value=0.5),),
        epochs_spent=20,
        note="As published: all candidates were the same network.",
    )
    return [*trials(), Finished(result=result), Ended(at=time.time(), status="finished")]


def test_progress_counts_candidates_and_epochs_of_all(folder: Path) -> None:
    with Store.open(folder) as store:
        run = store.submit(make_spec("random_search", SEARCH))
        record = dataclasses.replace(store.run(run), status="running")
    line = progress_line(record, fold(RunState(), trials()), time.time())
    assert "trial 2 of 4" in line
    assert "epoch 20 of 40" in line
    assert "best so far 95.0 %" in line
    assert "2.0 epochs/s" in line
    # two trials say how long it takes at most: some of it was starting
    assert " to 10 s left" in line


def test_a_search_has_its_trials_in_json(folder: Path) -> None:
    run = put(folder, "random_search", SEARCH, search())
    shown = json.loads(call("show", str(run), "--json").stdout)
    first, second = shown["trials"]
    assert first["settings"] == first["effective_settings"] == {"batch_size": 4}
    assert first["scores"]["validation"] == [0.8, 0.9]
    assert first["mean"] == pytest.approx(0.85)
    assert first["std"] == pytest.approx(0.05 * 2**0.5)
    assert (second["status"], second["epochs"]) == ("finished", 10)
    assert shown["best"]["settings"] == {"batch_size": 5}
    assert shown["selection_score"] == 0.95
    assert shown["test_accuracy"] == pytest.approx(0.9)
    assert shown["parameters"] == 14


def test_a_search_is_summed_up_with_the_best_candidate_first(folder: Path) -> None:
    run = put(folder, "random_search", SEARCH, search())
    text = call("show", str(run)).stdout
    lines = text.splitlines()
    ranked = next(i for i, line in enumerate(lines) if line.split()[:1] == ["trial"])
    assert lines[ranked + 1].split()[:3] == ["1", "1", "5"]
    assert "95.0 % ± 1.4" in lines[ranked + 1]
    assert "5.0 pp lower" in text
    assert "all candidates were the same network" in text
    assert "rank correlation = 0.50 with validation accuracy" in text


def test_a_search_that_was_stopped_shows_what_was_finished(folder: Path) -> None:
    events = [*trials(), Ended(at=time.time(), status="stopped", message="Stopped.")]
    run = put(folder, "random_search", SEARCH, events)
    assert "95.0 % ± 1.4" in call("show", str(run)).stdout
    assert len(json.loads(call("show", str(run), "--json").stdout)["trials"]) == 2


def test_the_log_of_a_search_tells_candidates_and_their_trainings_apart(folder: Path) -> None:
    run = put(folder, "random_search", SEARCH, search())
    text = call("log", str(run)).stdout
    assert "4 trials, 8 trainings, 40 epochs planned" in text
    assert "trial 1: batch size 5" in text
    assert "trial 1, training 2 - Epoch 5/5" in text
    assert "trial 1 finished: validation 95.0 %, training 99.0 %" in text
    epochs = [
        line
        for line in map(json.loads, call("log", str(run), "--json").stdout.splitlines())
        if line["type"] == "epoch"
    ]
    assert len(epochs) == 20
    assert (epochs[-1]["trial"], epochs[-1]["fold"], epochs[-1]["epoch"]) == (1, 1, 5)
    figures = call("export", str(run), "--epochs", "-").stdout.splitlines()
    assert figures[-1].startswith("1,1,5,0.5,")


def test_a_sweep_shows_its_points_and_which_one_was_chosen(folder: Path) -> None:
    points = tuple(
        Point(value=n, train=found, validation=found)
        for n in (1, 2, 3)
        if (found := accuracy_band((0.8 + n / 50, 0.82 + n / 50), 60))
    )
    result = SweepResult(**chosen(), setting="epochs", points=points, best=3, chosen=2)
    run = put(
        folder, "sweep", SWEEP, [Finished(result=result), Ended(at=time.time(), status="finished")]
    )
    text = call("show", str(run)).stdout
    assert any(line.split()[:1] == ["2"] and line.endswith("chosen") for line in text.splitlines())
    assert any(line.split()[:1] == ["3"] and line.endswith("best") for line in text.splitlines())
    shown = json.loads(call("show", str(run), "--json").stdout)
    assert shown["best"] == {"epochs": 3}
    assert shown["chosen"] == {"epochs": 2}
    assert len(shown["points"]) == 3


def test_the_report_of_a_reproduction_is_shown_and_exported(folder: Path, tmp_path: Path) -> None:
    report = "# The post\n\n| part | published |\n|---|---|\n| baseline | 0.971 |\n"
    result = ReproduceResult(
        rows=(), conclusion="No \x1b[31mdifference shown.", difference=None, report=report
    )
    events = [Finished(result=result), Ended(at=time.time(), status="finished")]
    run = put(folder, "reproduce", {}, events)
    text = call("show", str(run)).stdout
    assert "difference shown." in text
    assert any(line.split()[:3] == ["logistic", "regression", "97.1"] for line in text.splitlines())
    assert "\x1b" not in text
    file = tmp_path / "report.md"
    assert call("export", str(run), "--report", str(file)).exit_code == 0
    assert file.read_text() == report
    assert json.loads(call("show", str(run), "--json").stdout)["result"]["conclusion"]
    other = put(folder, "random_search", SEARCH, search())
    assert "has no report" in call("export", str(other), "--report", "-").stderr
