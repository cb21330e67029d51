"""Progress on standard error, colours, tables and broken pipes."""

import dataclasses
import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from engine.client.process import EngineStatus
from engine.exports.csv_tables import safe_cell
from engine.kinds import make_spec
from engine.results.scores import LayerRow
from engine.runs.events import EpochBlock, Event, NetworkReady, Phase, TrialStarted
from engine.runs.state import RunState, fold
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.cli.output.progress import Lines, Rewritten, Silent, progress_for
from penguin_tui.presentation.blocks import aligned
from penguin_tui.presentation.keras_log import epoch_line
from penguin_tui.presentation.progress import progress_line
from tests.support.patience import PATIENCE

READY = EngineStatus("ready", "", 1, (), None)
LOADING = EngineStatus("loading", "loading TensorFlow", 0, (1,), None)


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with Store.open(home) as store:
        run = store.submit(make_spec("train", {"epochs": 20}))
        return dataclasses.replace(store.run(run), status="running")


def state(done: int, seconds: float = 0.05) -> RunState:
    rows = [(0.25, 0.9, 0.3, 0.8, 0.001, seconds) for _ in range(done)]
    layers = (LayerRow(name="output", output_shape=(3,), parameters=21),)
    events: list[Event] = [
        Phase(name="training"),
        NetworkReady(layers=layers, parameters=21, steps_per_epoch=13),
        TrialStarted(at=0, trial=0, settings={}, epochs=20),
    ]
    return fold(RunState(), [*events, *([EpochBlock.of(0, 1, rows)] if rows else [])])


def test_the_line_has_epoch_speed_time_left_and_figures(record: RunRecord) -> None:
    line = progress_line(record, state(5), 0.0)
    for words in (
        "epoch 5 of 20",
        "20.0 epochs/s",
        "0.8 s left",
        "accuracy 90.0 %, val 80.0 %",
        "loss 0.2500, val 0.3000",
    ):
        assert words in line


def test_the_published_protocol_names_what_it_watches(record: RunRecord) -> None:
    published = dataclasses.replace(record, protocol="as_published")
    assert "loss 0.2500, test 0.3000" in progress_line(published, state(5), 0.0)


def test_a_waiting_run_says_what_it_waits_for(record: RunRecord) -> None:
    queued = dataclasses.replace(record, status="queued")
    line = progress_line(queued, RunState(), 0.0, LOADING)
    assert line == f"Run {record.id}  queued (loading TensorFlow)"


def test_one_line_is_written_over_and_taken_away(
    record: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    stream = io.StringIO()
    progress = Rewritten(stream)
    progress.show(record, state(1), READY)
    progress.show(record, state(1), READY)
    progress.show(record, state(2), READY)
    progress.clear()
    written = stream.getvalue().split("\r")
    assert len(written) == 4
    assert written[-1] == "\x1b[K"
    assert all(len(line.removesuffix("\x1b[K")) < 40 for line in written)


def test_plain_lines_come_now_and_then_and_at_the_end(record: RunRecord) -> None:
    stream = io.StringIO()
    progress = Lines(stream)
    for done in range(21):
        progress.show(record, state(done), READY)
    ended = dataclasses.replace(record, status="finished")
    progress.show(ended, state(20), READY)
    progress.clear()
    lines = stream.getvalue().splitlines()
    assert lines[0] == f"Run {record.id}: training"
    assert lines[1].startswith("epoch 1 of 20")
    assert lines[-1].startswith("epoch 20 of 20")
    assert len(lines) == 3


def test_quiet_shows_nothing(record: RunRecord) -> None:
    assert isinstance(progress_for(io.StringIO(), quiet=True), Silent)


def test_a_figure_that_is_no_number_is_left_out_of_a_log_line() -> None:
    nan = float("nan")
    line = epoch_line(1, 5, 13, {"loss": nan, "accuracy": 0.5, "val_loss": nan, "seconds": 0.1})
    assert line == "Epoch 1/5 - 13/13 - 8ms/step - accuracy: 0.5000 - loss: nan"


def test_columns_are_aligned_also_with_wide_and_combining_characters() -> None:
    lines = aligned([["a", "n"], ["企鹅", "1"], ["e\u0301", "22"]], left=1)
    assert [line.split()[-1] for line in lines[1:]] == ["1", "22"]
    assert lines[1].endswith("企鹅   1")
    assert lines[2].endswith("e\u0301     22")


@pytest.mark.parametrize("text", ["=1+1", "+1+cmd", "-1+1", "@SUM(A1)", "\tx", "\r=1", " =1+1"])
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("value", ["Adelie", "-1.5", "+3e4", -1.5, 7, None, ""])
def test_other_cells_stay_as_they_are(value: object) -> None:
    assert safe_cell(value) == value


def on_a_terminal(home: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and output of `penguin-tui …` on a pseudo-terminal."""
    leader, follower = pty.openpty()
    variables = {"PENGUIN_TUI_HOME": str(home), "TERM": "xterm"} | environment
    process = subprocess.Popen(
        [sys.executable, "-m", "penguin_tui", *arguments],
        stdin=follower, stdout=follower, stderr=follower,
        env={k: v for k, v in os.environ.items() if k != "NO_COLOR"} | variables,
    )  # fmt: skip
    os.close(follower)
    chunks = []
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break  # Linux reports a closed terminal as an error
        if not chunk:
            break
        chunks.append(chunk)
    os.close(leader)
    return process.wait(timeout=PATIENCE), b"".join(chunks).decode()


def test_colour_is_for_terminals_that_want_it(tmp_path: Path) -> None:
    for environment, coloured in (
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ):
        code, text = on_a_terminal(tmp_path / "home", "fields", "train", **environment)
        assert code == 0
        assert ("\x1b[1m" in text) is coloured
        code, text = on_a_terminal(tmp_path / "home", "run", "train", "--seed", "x", **environment)
        assert code == 2
        assert ("\x1b[31m" in text) is coloured


def test_a_dumb_terminal_opens_no_workbench(tmp_path: Path) -> None:
    code, text = on_a_terminal(tmp_path / "home", TERM="dumb")
    assert code == 2
    assert "TERM" in text
    assert "\x1b" not in text


def test_lines_of_a_narrow_terminal_are_not_wider_than_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with Store.open(home) as store:
        run = store.submit(make_spec("train", {}), name="a rather long name for a run")
        store.request(run, "stop")
    code, text = on_a_terminal(home, "runs", COLUMNS="60")
    assert code == 0
    lines = text.replace("\r", "").replace("\x1b[2m", "").replace("\x1b[0m", "").splitlines()
    assert lines[1].split()[:2] == [str(run), "train"]
    assert max(map(len, lines)) <= 60
