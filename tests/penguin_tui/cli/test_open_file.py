"""`penguin-tui FILE [TARGET]`."""

from pathlib import Path
from typing import Any

import pytest

from penguin_tui.cli.root import cli

CSV = "a,b,species\n" + "".join(f"{i},{i % 3},{'xy'[i % 2]}\n" for i in range(20))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """The data that the workbench would be opened on."""
    found: list[Any] = []

    def open_workbench(data: Any = None) -> int:
        found.append(data)
        return 0

    monkeypatch.setattr("penguin_tui.cli.open.open_workbench", open_workbench)
    monkeypatch.chdir(tmp_path)
    for name in ("my.csv", "run", "plain"):
        (tmp_path / name).write_text(CSV)
    return found


def call(*words: str) -> int:
    code: int = cli.main(words, standalone_mode=False)
    return code


@pytest.mark.parametrize(
    ("words", "target"),
    [(("my.csv",), "species"), (("my.csv", "b"), "b"), (("./run",), "species"),
     (("./plain", "a"), "a")],
)  # fmt: skip
def test_the_workbench_opens_on_the_file(
    opened: list[Any], tmp_path: Path, words: tuple[str, ...], target: str
) -> None:
    assert call(*words) == 0
    [choice] = opened
    assert choice["data"] == str(tmp_path / Path(words[0]).name)
    assert choice["target"] == target


def test_a_command_wins_over_a_file_of_its_name(
    opened: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("run") == 2
    assert "Missing argument" in capsys.readouterr().err
    assert opened == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("none.csv",), "does not exist"),
        (("./none",), "does not exist"),
        (("my.csv", "nope"), "has no column 'nope'; it has a, b, species"),
        (("my.csv", "a", "b"), "unexpected extra argument"),
        (("nonsense",), "No such command"),
        (("../",), "folder"),
    ],
)
def test_what_cannot_be_opened_is_a_sentence_and_no_screen(
    opened: list[Any], capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert call(*words) in (1, 2)
    assert told in capsys.readouterr().err
    assert opened == []
