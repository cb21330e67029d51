"""`penguin-tui guide`: the same texts without a screen."""

import json
from pathlib import Path

import pytest

from engine.kinds import make_spec
from engine.store.home import home
from engine.store.store import Store
from engine.store.writer import RunWriter
from penguin_tui.engine_link.bookmark import STEPS
from tests.support.command_line import call
from tests.support.stored.runs import train_events


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return home()


def test_without_a_step_the_steps_are_listed_with_the_readers_place(folder: Path) -> None:
    kept = {"guide": {"step": "grid", "answered": ["load"]}}
    (folder / "workbench.json").write_text(json.dumps(kept))
    shown = call("guide").output.splitlines()
    assert all(step in line for step, line in zip(STEPS, shown[1:], strict=True))
    assert [line.startswith(">") for line in shown[1:]].index(True) == STEPS.index("grid")
    assert [line.rstrip().endswith("✓") for line in shown[1:]] == [s == "load" for s in STEPS]


def test_a_step_is_shown_in_a_language() -> None:
    shown = call("guide", "layers")
    assert shown.exit_code == 0
    assert "No, one and two hidden layers" in shown.output
    assert "How many parameters" in shown.output
    assert "(6 + 1)" not in shown.output
    assert "매개변수" in call("guide", "layers", "--language", "ko").output


def test_all_steps_are_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    shown = call("guide", "all").output
    assert all(f"12단계 중 {number}단계" in shown for number in range(1, 13))


def test_an_answer_is_marked_and_the_exit_code_says_so(folder: Path) -> None:
    with Store.open(folder) as store:
        run = store.submit(make_spec("train", {}))
        with store.writing() as connection:
            RunWriter(store.run(run)).write(connection, train_events(20, 20))
    right = call("guide", "layers", "--answer", "11,103")
    assert right.exit_code == 0
    assert "Right: 11,103." in right.output
    assert "(100 + 1) × 3" in right.output
    wrong = call("guide", "layers", "--answer", "700")
    assert wrong.exit_code == 1
    assert "Not 700." in wrong.output
    assert "11,103" not in wrong.output
    assert call("guide", "layers", "--answer", "?").exit_code == 0
    assert call("guide", "grid", "--answer", "25").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("gone",), "'gone' is not a step of the guide; one of load, look"),
        (("load", "--language", "fr"), "'fr' is not a language of the guide; one of en, ko"),
        (("--answer", "3"), "--answer needs the step"),
        (("all", "--answer", "3"), "--answer needs the step"),
    ],
)
def test_wrong_use_is_explained(arguments: tuple[str, ...], told: str) -> None:
    found = call("guide", *arguments)
    assert found.exit_code == 2
    assert told in found.output
