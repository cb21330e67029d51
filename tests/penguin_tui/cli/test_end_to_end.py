"""The command line as a shell sees it: real processes, the real engine, real signals."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.client.process import engine_status
from engine.store.records import RunRecord
from engine.store.store import Store
from tests.support.loaded_modules import (
    COMMANDS,
    HEAVY,
    OTHER_KINDS,
    SCREEN,
    SHOWING,
    loaded_by,
)
from tests.support.patience import PATIENCE

# a loaded machine takes long to load the libraries; nothing here is about speed
LONG = ["--set", "epochs=100000", "--set", "hidden_layers=4"]


class Program:
    """`penguin-tui …` in a process of its own, in a session of its own."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "penguin_tui", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"PENGUIN_TUI_HOME": str(home)} | environment,
        )

    def end(self) -> tuple[int, str, str]:
        """Exit code, standard output and standard error."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err

    def signal(self, number: int) -> None:
        """Send a signal to the program alone."""
        self.process.send_signal(number)


Start = Callable[..., Program]


@pytest.fixture
def start(engine_home: Path) -> Iterator[Start]:
    programs: list[Program] = []

    def begin(*arguments: str, **environment: str) -> Program:
        programs.append(Program(engine_home, *arguments, **environment))
        return programs[-1]

    yield begin
    for program in programs:
        if program.process.poll() is None:
            program.process.kill()
            program.process.communicate()


def call(start: Start, *arguments: str) -> tuple[int, str, str]:
    return start(*arguments).end()


def read(start: Start, *arguments: str) -> Any:
    code, out, err = call(start, *arguments)
    assert code == 0, err
    return json.loads(out)


def wait_for(store: Store, run: int, reached: Callable[[RunRecord], bool]) -> RunRecord:
    store.wait_for(lambda: reached(store.run(run)) or not store.run(run).live, PATIENCE)
    record = store.run(run)
    assert reached(record), f"run {run} is {record.status}: {record.message}"
    return record


def newest(store: Store, name: str) -> int:
    """The run of that name, which may take a moment to appear."""
    found = store.wait_for(lambda: [r.id for r in store.runs() if r.name == name], PATIENCE)
    if found:
        return found[0]
    raise AssertionError(f"no run is called {name}")


def training(record: RunRecord) -> bool:
    return record.status == "running" and record.epochs_run > 0


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


def test_ctrl_c_stops_the_run(start: Start, store: Store) -> None:
    program = start("run", "train", "--json", "--name", "ctrl-c", *LONG)
    run = newest(store, "ctrl-c")
    wait_for(store, run, training)
    program.signal(signal.SIGINT)
    code, out, err = program.end()
    assert code == 130
    found = json.loads(out)
    assert found["run"] == run
    assert found["status"] == "stopped"
    # nobody looks at the test part of a run that was stopped
    assert found["metrics"]["test_accuracy"] is None
    assert found["metrics"]["train_accuracy"] is not None
    assert "Traceback" not in err
    assert not store.run(run).live


def test_a_second_ctrl_c_leaves_at_once(start: Start, store: Store) -> None:
    program = start("run", "train", "--name", "twice", *LONG)
    run = newest(store, "twice")
    wait_for(store, run, training)
    engine = store.engine()
    assert engine is not None
    # an engine that does not answer for a while
    os.kill(engine.pid, signal.SIGSTOP)
    try:
        program.signal(signal.SIGINT)
        assert program.process.stderr is not None
        while "Ctrl+C again" not in program.process.stderr.readline():
            assert program.process.poll() is None
        program.signal(signal.SIGINT)
        code, out, err = program.end()
        assert (code, out) == (130, "")
        assert f"run {run} ends by itself" in err
        assert store.run(run).live
    finally:
        os.kill(engine.pid, signal.SIGCONT)
    assert store.wait_for(lambda: not store.run(run).live, PATIENCE)
    assert store.run(run).status == "stopped"


def test_a_hang_up_leaves_the_run_going(start: Start, store: Store) -> None:
    program = start("run", "train", "--name", "hang-up", *LONG)
    run = newest(store, "hang-up")
    wait_for(store, run, training)
    program.signal(signal.SIGHUP)
    assert program.end()[0] == -signal.SIGHUP
    seen = store.run(run).epochs_run
    wait_for(store, run, lambda record: record.epochs_run > seen)
    code, out, _ = call(start, "stop", str(run))
    assert code == 0
    assert "is stopped" in out


def test_a_detached_run_is_followed_by_two_and_stopped_by_a_third(
    start: Start, store: Store
) -> None:
    run = read(start, "run", "train", "--detach", "--json", *LONG)["run"]
    followers = [start("log", str(run), "--follow") for _ in range(2)]
    wait_for(store, run, training)
    assert store.run(run).live
    stopped = read(start, "stop", str(run), "--json")
    assert stopped == {"run": run, "status": "stopped", "message": stopped["message"]}
    for follower in followers:
        code, out, err = follower.end()
        assert code == 130, err
        assert "Epoch 1/100000" in out
        assert out.splitlines()[-1].startswith("stopped")
        # each epoch is told once, in order
        told = [line.split()[1] for line in out.splitlines() if line.startswith("Epoch ")]
        assert told == [f"{number}/100000" for number in range(1, len(told) + 1)]


def test_a_run_waits_and_goes_on(start: Start, store: Store) -> None:
    run = read(start, "run", "train", "--detach", "--json", *LONG)["run"]
    wait_for(store, run, training)
    code, out, err = call(start, "pause", str(run))
    assert (code, out) == (0, f"Run {run} is paused.\n"), err
    assert store.run(run).status == "paused"
    code, out, err = call(start, "resume", str(run))
    assert (code, out) == (0, f"Run {run} resumes.\n"), err
    seen = store.run(run).epochs_run
    wait_for(store, run, lambda record: record.epochs_run > seen)
    assert call(start, "stop", str(run))[0] == 0
    code, _, err = call(start, "pause", str(run))
    assert code == 1
    assert "stopped" in err


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


def test_leaving_a_followed_log_leaves_the_run_going(start: Start, store: Store) -> None:
    run = read(start, "run", "train", "--detach", "--json", *LONG)["run"]
    wait_for(store, run, training)
    follower = start("log", str(run), "--follow")
    assert follower.process.stdout is not None
    follower.process.stdout.readline()
    follower.signal(signal.SIGINT)
    assert follower.end()[0] == 130
    seen = store.run(run).epochs_run
    wait_for(store, run, lambda record: record.epochs_run > seen)
    assert call(start, "stop", str(run))[0] == 0


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
