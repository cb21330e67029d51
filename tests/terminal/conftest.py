"""The real program in a pseudo-terminal, on a home folder of its own."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.terminal import Terminal
from tests.support.engine.processes import kill_engines
from tests.support.patience import PATIENCE
from tests.support.terminal.program import PROGRAM, Open


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A private folder; whatever engine was started in it is ended."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    yield home
    kill_engines(home)


@pytest.fixture
def open_program(home: Path) -> Iterator[Open]:
    """Open the program in a terminal; several may be open at once."""
    opened: list[Terminal] = []

    def start(
        *command: str,
        columns: int = 80,
        rows: int = 24,
        environ: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Terminal:
        env = {"PENGUIN_TUI_HOME": str(home), "LANG": "C.UTF-8", **(environ or {})}
        terminal = Terminal(command or PROGRAM, columns=columns, rows=rows, env=env, **options)
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.__exit__(None, None, None)


@pytest.fixture
def command_line(home: Path) -> Callable[..., str]:
    """Run a command and return what it prints."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            check=True, capture_output=True, text=True, timeout=PATIENCE,
            env={**os.environ, "PENGUIN_TUI_HOME": str(home), "LANG": "C.UTF-8"},
        )  # fmt: skip
        return done.stdout

    return run
