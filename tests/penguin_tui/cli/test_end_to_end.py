"""The command line as a shell sees it: real processes, the real engine, real signals."""

import json
from pathlib import Path
from typing import Any

from engine.client.process import engine_status
from engine.store.store import Store
from tests.support.command_processes import Start, call, read
from tests.support.loaded_modules import (
    COMMANDS,
    HEAVY,
    OTHER_KINDS,
    SCREEN,
    SHOWING,
    loaded_by,
)
from tests.support.patience import PATIENCE


def assert_one_object_with_the_promised_fields(found: dict[str, Any], kind: str) -> None:
    assert found["kind"] == kind
    assert found["status"] == "finished"
    assert found["spec"]["kind"] == kind
    for part in ("train", "val", "test"):
        low, value, high = (
            found["metrics"][f"{part}_accuracy{end}"] for end in ("_low", "", "_high")
        )
        assert 0 <= low <= value <= high <= 1
    matrix = found["confusion_matrix"]
    for part in ("train", "validation", "test"):
        assert len(matrix[part]) == len(matrix["labels"]) == 3
    assert sum(map(sum, matrix["test"])) == found["scores"]["test"]["rows"]
    assert found["seconds"] > 0
    assert found["stop_reason"]


def test_a_baseline_ends_with_one_json_object(start: Start) -> None:
    code, out, err = call(start, "run", "baseline", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert_one_object_with_the_promised_fields(found, "baseline")
    assert found["metrics"]["test_accuracy"] > 0.9
    assert set(found["coefficients"]) == {"Adelie", "Chinstrap", "Gentoo"}
    assert f"Run {found['run']}" in err


def test_describe_puts_its_result_under_result(start: Start) -> None:
    found = read(start, "run", "describe", "--json", "--quiet")
    assert found["result"]["rows"] == 344
    assert found["result"]["columns"][0]["name"] == "species"


def test_a_training_is_shown_as_a_summary_and_read_back_as_json(
    start: Start, tmp_path: Path
) -> None:
    code, out, err = call(
        start, "run", "train", "--preset", "two-hidden", "--set", "epochs=3", "--seed", "7",
        "--protocol", "as_published", "--name", "shown",
    )  # fmt: skip
    assert code == 0, err
    assert "11,103" in out
    assert "as published (data leakage)" in out
    assert "Confusion matrix, test" in out
    assert "epoch 3 of 3" in err
    assert "\x1b" not in out + err
    found = read(start, "show", "last", "--json")
    assert found["name"] == "shown"
    assert found["spec"]["seed"] == 7
    assert found["parameters"] == 11_103
    assert found["epochs_run"] == 3
    assert found["confusion_matrix"]["validation"] is None
    assert sum(map(sum, found["confusion_matrix"]["train"])) == 275
    run = str(found["run"])
    log = call(start, "log", run)[1]
    assert "Epoch 3/3 - 9/9 - " in log
    model = tmp_path / "network.keras"
    assert call(start, "export", run, "--model", str(model))[0] == 0
    assert model.read_bytes()[:2] == b"PK"


def test_the_same_spec_and_seed_give_the_same_figures(start: Start) -> None:
    arguments = ("run", "train", "--set", "epochs=2", "--set", "hidden_layers=8", "--json")
    first, second = (read(start, *arguments) for _ in range(2))
    for key in ("metrics", "confusion_matrix", "scores", "misclassified"):
        assert first[key] == second[key]
    assert second["test_evaluations"] > first["test_evaluations"]


def test_a_run_is_followed_and_shown_without_what_shows_others(engine_home: Path) -> None:
    arguments = ["run", "train", "--set", "epochs=2", "--set", "hidden_layers=8"]
    found = loaded_by(COMMANDS.format([arguments]), engine_home)
    assert found >= SHOWING
    assert not found & (HEAVY | SCREEN | OTHER_KINDS)


def test_a_sweep_prints_its_points(start: Start) -> None:
    code, out, err = call(
        start, "run", "sweep", "--vary", "epochs=1..3", "--set", "repeats=2",
        "--set", "hidden_layers=8",
    )  # fmt: skip
    assert code == 0, err
    assert "chosen" in out
    found = read(start, "show", "last", "--json")
    assert [point["value"] for point in found["points"]] == [1, 2, 3]
    assert found["chosen"]["epochs"] in (1, 2, 3)
    assert found["trials"]


def test_a_diverging_training_exits_with_1(start: Start) -> None:
    code, out, err = call(
        start, "run", "train", "--json", "--set", "optimizer=sgd", "--set", "learning_rate=10",
        "--set", "epochs=50", "--set", "kernel_l2=100", "--set", "hidden_layers=8",
    )  # fmt: skip
    found = json.loads(out)
    assert found["status"] == "diverged", err
    assert code == 1
    assert found["message"]
    assert "Unusual: learning_rate" in err


def test_a_run_that_cannot_work_exits_with_1_and_says_why(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "few.csv"
    file.write_text("a,b\n1,x\n2,y\n3,x\n")
    code, out, err = call(start, "run", "baseline", "--data", str(file), "--target", "b")
    assert code == 1
    assert "Traceback" not in out + err
    assert "'x'" in out
    assert "'x'" in err


def test_a_run_is_done_again_unless_its_data_have_changed(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "flowers.csv"
    rows = [f"{n % 7},{n % 3},{'ab'[n % 2]}" for n in range(60)]
    file.write_text("\n".join(["x,y,kind", *rows]))
    first = read(start, "run", "baseline", "--json", "--data", str(file), "--target", "kind")
    second = read(start, "rerun", "last", "--json", "--quiet")
    assert second["run"] > first["run"]
    assert second["spec"] == first["spec"]
    assert second["scores"] == first["scores"]
    file.write_text("\n".join(["x,y,kind", *rows[:40]]))
    code, out, err = call(start, "rerun", "last")
    assert (code, out) == (1, "")
    assert "flowers.csv" in err


def test_output_into_a_closed_pipe_is_no_error(start: Start) -> None:
    program = start("schema", "train")
    assert program.process.stdout is not None
    program.process.stdout.close()
    program.process.stdout = None
    _, err = program.process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err
    assert "Exception" not in err


def test_without_a_terminal_the_workbench_refuses(start: Start) -> None:
    code, out, err = call(start)
    assert (code, out) == (2, "")
    assert "needs a terminal" in err


def test_an_encoding_without_our_characters_is_no_error(start: Start) -> None:
    code, out, err = start("runs", PYTHONIOENCODING="ascii").end()
    assert code == 0, err
    assert out


def test_the_engine_tells_how_it_stands(start: Start, engine_home: Path) -> None:
    assert call(start, "engine", "start")[0] == 0
    with Store.open(engine_home) as store:
        assert store.wait_for(lambda: engine_status(store).state == "ready", PATIENCE)
    found = read(start, "engine", "status", "--json")
    assert found["state"] == "ready"
    assert found["home"] == str(engine_home)
    code, out, _ = call(start, "engine", "status")
    assert code == 0
    assert "ready" in out
    assert "engine" in call(start, "engine", "log")[1]
