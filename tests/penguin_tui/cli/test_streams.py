"""Closed pipes, full disks, closed streams, what a shell completes, one way to print."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

import penguin_tui.cli
from engine.kinds import make_spec
from engine.store.home import home
from engine.store.store import Store
from penguin_tui.cli.root import cli
from tests.support.patience import PATIENCE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    return home()


def shell(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    program = f"'{sys.executable}' -m penguin_tui"
    return subprocess.run(
        ["bash", "-c", command.replace("penguin-tui", program)],
        capture_output=True, text=True, timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL,
        env=os.environ | {"PENGUIN_TUI_HOME": str(folder)},
    )  # fmt: skip


def test_a_reader_who_has_enough_is_no_error(folder: Path) -> None:
    # the reader has gone before the first line is written
    done = shell(folder, "(sleep 1; penguin-tui fields train) | true; echo ${PIPESTATUS[0]}")
    assert done.stdout == "141\n"
    assert done.stderr == ""


def test_a_full_disk_is_told(folder: Path) -> None:
    done = shell(folder, "penguin-tui runs > /dev/full")
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("penguin-tui runs >&-", 0),
        ("penguin-tui <&-", 2),
        ("penguin-tui run train --set x 2>&-", 2),
        ("penguin-tui run train --set x 2>/dev/full", 2),
    ],
)
def test_a_stream_that_is_not_there_changes_no_exit_code(
    folder: Path, command: str, code: int
) -> None:
    done = shell(folder, command)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    done = shell(file / "below", "penguin-tui runs")
    assert done.returncode == 1
    assert "PENGUIN_TUI_HOME" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("before", "start", "offered"),
    [
        ([], "ru", ["run", "runs"]),
        (["run"], "random-", ["random_search"]),
        (["run", "train", "--set"], "hid", ["hidden_layers="]),
        (["run", "train", "--set"], "activation=re", ["activation=relu"]),
        (["run", "train", "--set"], "schedule=cos", ["schedule=cosine_restarts"]),
        (["run", "sweep", "--vary"], "uni", ["units="]),
        (["run", "train", "--preset"], "two", ["two-hidden"]),
        (["run", "train", "--protocol"], "", ["strict", "as_published"]),
        (["runs", "--status"], "fin", ["finished"]),
        (["engine"], "sta", ["start", "status"]),
        (["show"], "", ["2", "1"]),
    ],
)
def test_a_shell_completes(folder: Path, before: list[str], start: str, offered: list[str]) -> None:
    with Store.open(folder) as store:
        for _ in range(2):
            store.submit(make_spec("train", {}))
    complete = ShellComplete(cli, {}, "penguin-tui", "_PENGUIN_TUI_COMPLETE")
    assert [item.value for item in complete.get_completions(before, start)] == offered


def test_bash_takes_the_script(folder: Path) -> None:
    done = shell(
        folder,
        'eval "$(penguin-tui completion bash)"; complete -p | grep -c _penguin_tui_completion',
    )
    assert done.returncode == 0, done.stderr


def test_no_command_prints_past_the_gate() -> None:
    past = ("print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write")
    found = [
        f"{path.name}: {ast.unparse(node)}"
        for path in Path(penguin_tui.cli.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in past
    ]
    assert found == []
