"""A home folder, and the program in processes of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store.home import home
from tests.support.command_processes import Program, Start


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    return home()


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
