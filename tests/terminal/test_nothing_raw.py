"""Nothing raw reaches a terminal: every screen and every command, with text that tries everything.

The real program in a pseudo-terminal; its bytes are read by rules of their own, not by the gate's.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from engine.exports.formats import EXPORTS
from penguin_tui.cli.root import COMMANDS
from tests.support.patience import PATIENCE
from tests.support.terminal.hostile import (
    COMMAND,
    FILE_NAME,
    HOSTILE_RUNS,
    MARK,
    PAYLOAD,
    SCREEN,
    hostile_files,
    hostile_home,
    obeyed,
)
from tests.support.terminal.program import ALONE, PROGRAM, WITHOUT_ENGINE, Open

# many commands in one process, then what writes past all commands
COMMAND_LINES = WITHOUT_ENGINE + (
    "import json, logging, threading, traceback, warnings\n"
    "from pathlib import Path\n"
    "from penguin_tui.cli.root import cli\n"
    "lines, text = json.loads(Path(sys.argv[1]).read_text())\n"
    "for line in lines:\n"
    "    print('-- command', flush=True)\n"
    "    cli.main(line, standalone_mode=False)\n"
    "print('-- command', flush=True)\n"
    "print(text)\n"
    "warnings.warn(text)\n"
    "logging.error(text)\n"
    "thread = threading.Thread(target=lambda: int(text))\n"
    "thread.start()\n"
    "thread.join()\n"
    "print('-- all done', flush=True)\n"
)
ESCAPE, ENTER, TAB, UP, DOWN, RIGHT, CLEAR = (
    "\x1b",
    "\r",
    "\t",
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x15",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A table in a folder of hostile files, and a home folder full of hostile runs."""
    folder = tmp_path_factory.mktemp("made")
    here, home = folder / f"here{FILE_NAME}", folder / "home"
    here.mkdir()
    home.mkdir(mode=0o700)
    table = hostile_files(here)
    hostile_home(home, table)
    return table, home


@pytest.fixture
def hostile(made: tuple[Path, Path], home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hostile table, in whose folder one is, with a home folder of one's own."""
    table, kept = made
    monkeypatch.chdir(table.parent)
    shutil.copytree(kept, home, dirs_exist_ok=True)
    return table


def raw(terminal: Terminal) -> bytes:
    return b"".join(data for _, data in terminal.received)


def quiet(terminal: Terminal) -> None:
    """Wait until nothing more comes for a moment."""
    terminal.changed.clear()
    while terminal.changed.wait(0.15):
        terminal.changed.clear()


# a hundred steps through all screens
@pytest.mark.timeout(400)
def test_no_screen_dialog_palette_or_notification_lets_text_act(
    open_program: Open, hostile: Path
) -> None:
    terminal = open_program(*ALONE, columns=150, rows=45)
    terminal.wait_for(MARK, PATIENCE)

    def step(keys: str, wanted: str | Callable[[], bool] = MARK) -> None:
        terminal.press(keys)
        terminal.wait_for(wanted, PATIENCE)
        quiet(terminal)

    def without(gone: str) -> Callable[[], bool]:
        return lambda: gone not in terminal.text

    # data: charts, columns, another target, an excluded column, undone
    for keys in ("X", RIGHT, "F", DOWN, DOWN, "u"):
        step(keys)
    # the dialog: what is listed, completed, looked at, refused
    step("o", "Open data")
    for name, found in (("a", "Target: the column"), ("c", "1 row"), ("d", "Open data")):
        step(CLEAR, "penguins  ")
        step(name, MARK)
        step(TAB, found)
    step(ESCAPE, without("Open data"))
    step("\x10", "Search for commands")
    step(MARK, without("Search for commands"))
    step(ESCAPE, "! note")
    step("?", "type to search")
    step(ESCAPE, without("type to search"))
    # forms, with the data that are chosen
    for key, field in (("2", "Max iterations"), ("3", "Hidden layers"), ("4", "Repeats"),
                       ("5", "A search tries")):  # fmt: skip
        step(key, field)
    step("6", "validation")
    for key, title in (("n", "Name of run"), ("i", "Note on run")):
        step(key, title)
        step(ESCAPE, without("enter saves"))
    for place in range(HOSTILE_RUNS):
        # each run with all its tabs
        step(ENTER, without("by validation accuracy"))
        for _ in range(5):
            step("]")
        step(ESCAPE, "by validation accuracy")
        if place < HOSTILE_RUNS - 1:
            step(DOWN)
    # past the five without a validation accuracy of their own to the first run
    for _ in range(5):
        step(UP)
    step("r", "Run this training")
    step(ENTER, "Environment changed")
    step("/", "/ Filter")
    step(MARK.lower(), f"{HOSTILE_RUNS + 1} of {HOSTILE_RUNS + 1} ·")
    step(ENTER, MARK)
    step("l", "Hidden layers")
    step(ESCAPE, "q Quit")
    terminal.press("q")
    terminal.wait(PATIENCE)
    screens, _, farewell = raw(terminal).rpartition(b"\x1b[?1049l")
    assert obeyed(screens, SCREEN) == []
    assert obeyed(farewell, re.compile(f"{SCREEN.pattern}|{COMMAND.pattern}")) == []


def test_no_command_lets_text_act(open_program: Open, hostile: Path, tmp_path: Path) -> None:
    text = PAYLOAD
    lines = [
        ["runs"], ["runs", "--json"], ["runs", "--status", text], ["runs", "--limit", text],
        ["engine", "status"], ["engine", "status", "--json"], ["engine", "log"], ["engine", text],
        [text], ["--" + text], ["run", text], ["run", "train", "--set", f"{text}={text}"],
        ["run", "train", "--set", f"epochs={text}"], ["run", "train", "--" + text],
        ["run", "train", "--spec", text], ["run", "train", "--preset", text],
        ["run", "baseline", "--data", text, "--target", text],
        ["run", "baseline", "--data", str(hostile), "--target", text],
        ["run", "train", "--name", text, "--detach"], ["run", "sweep", "--vary", f"{text}={text}"],
        ["rename", "last", text], ["note", "last", text], ["rm", "last"], ["rm", text],
        ["show", text], ["show", "999"], ["completion", text], ["schema", text], ["fields", text],
        ["prune", "--keep", text], ["reproduce", "--seed", text], ["tag", "last", text],
        ["runs", "--where", text], ["runs", "--where", "kind:train"], ["runs", "--csv"],
        ["compare", "1", "3", "4"], ["compare", "1", "3", "--json"], ["compare", "1", text],
        ["figures", "1", "-o", str(tmp_path / FILE_NAME)], ["figures", text, "-o", text],
        ["figures", "1", "-o", str(tmp_path), "--format", text],
        ["report", "1", "-o", str(tmp_path / f"{FILE_NAME}.md")], ["report", "1", "-o", text],
        ["predict", "1", str(hostile)], ["predict", "1", text], ["predict", text, str(hostile)],
        *([command, "--help"] for command in COMMANDS),
    ]  # fmt: skip
    for run in map(str, range(1, HOSTILE_RUNS + 1)):
        lines += [["show", run], ["show", run, "--json"], ["log", run], ["log", run, "--json"],
                  ["rerun", run, "--detach"], ["resume", run], ["stop", run]]  # fmt: skip
        # what a process of its own makes takes seconds, and what it says is the same for each run
        for export in (one for one in EXPORTS if one.body or run == "1"):
            lines.append(["export", run, f"--{export.option}", "-"])
            name = str(tmp_path / f"{FILE_NAME}{export.ending}")
            lines.append(["export", run, f"--{export.option}", name])
    todo = tmp_path / "lines.json"
    todo.write_text(json.dumps([lines, text]))
    terminal = open_program(
        sys.executable, "-P", "-c", COMMAND_LINES, str(todo), columns=200, draw=False
    )
    assert terminal.wait(PATIENCE) == 0
    assert terminal.seen(b"-- all done", terminal.started, PATIENCE) is not None
    assert obeyed(raw(terminal), COMMAND) == []
    *outputs, beside = raw(terminal).decode().split("-- command")[1:]
    for line, output in zip(lines, outputs, strict=True):
        assert "Unexpected error" not in output, (line, output)
        if "--help" not in line:
            assert output.strip(), line
    for writer in ("UserWarning", "ERROR:root", "ValueError"):
        assert writer in beside
    assert beside.count(MARK) >= 4


def test_into_a_file_or_a_pipe_json_and_csv_are_exact(
    hostile: Path, home: Path, tmp_path: Path
) -> None:
    def printed(*arguments: str) -> bytes:
        done = subprocess.run(
            [*PROGRAM, *arguments], check=True, capture_output=True, timeout=PATIENCE,
            env=os.environ | {"PENGUIN_TUI_HOME": str(home)},
        )  # fmt: skip
        return done.stdout

    shown = json.loads(printed("show", "1", "--json"))
    assert shown["name"] == f"name{PAYLOAD}\x00"
    kept = tmp_path / "kept.csv"
    printed("export", "1", "--misclassified", str(kept))
    assert printed("export", "1", "--misclassified", "-") == kept.read_bytes()
    assert PAYLOAD.replace('"', '""').encode() in kept.read_bytes()
