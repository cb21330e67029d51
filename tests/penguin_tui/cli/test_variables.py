"""The environment variables: a wrong one is refused before anything begins, all are documented."""

from pathlib import Path

import pytest

from engine.environment.variables import HOME, IDLE_SECONDS, THREADS, VARIABLES, WORKERS
from engine.store.home import home
from engine.store.store import Store
from tests.support.command_line import call

DOCUMENTED = Path(__file__).parents[3] / "docs" / "command-line.md"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME.name, str(tmp_path / "home"))
    return home()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PENGUIN_TUI_WORKERS", "0", "from 1 to 64"),
        ("PENGUIN_TUI_WORKERS", "abc", "from 1 to 64"),
        ("PENGUIN_TUI_WORKERS", "5000", "from 1 to 64"),
        ("PENGUIN_TUI_WORKERS", "²", "from 1 to 64"),
        ("PENGUIN_TUI_THREADS", "-1", "from 1 to 1,024"),
        ("PENGUIN_TUI_THREADS", "1e3", "from 1 to 1,024"),
        ("PENGUIN_TUI_IDLE_SECONDS", "abc", "from 1 to 31,536,000"),
        ("PENGUIN_TUI_IDLE_SECONDS", "nan", "from 1 to 31,536,000"),
        ("PENGUIN_TUI_IDLE_SECONDS", "9" * 5000, "from 1 to 31,536,000"),
        ("PENGUIN_TUI_HOME", __file__, "a folder"),
        ("PENGUIN_TUI_HOME", "~nobody-of-that-name/x", "a folder"),
        ("PENGUIN_TUI_COLOR", "8", "auto, 16, 256, true or none"),
        ("PENGUIN_TUI_TEST_KINDS", "no.such.module", "a module"),
    ],
)
# the last one is the workbench: a sentence before it starts
@pytest.mark.parametrize("command", [["run", "baseline", "--detach"], ["runs"], []])
def test_a_wrong_variable_is_refused_with_what_is_allowed_before_anything_is_queued(
    name: str,
    value: str,
    allowed: str,
    command: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setenv(name, value)
        result = call(*command)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert name in result.stderr
    assert repr(value)[:50] in result.stderr
    assert allowed in result.stderr
    assert len(result.stderr) < 600
    with Store.open(folder) as store:
        assert store.runs() == []


def test_allowed_values_hold_and_an_empty_one_counts_as_not_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(WORKERS.name, "64")
    monkeypatch.setenv(THREADS.name, "1")
    monkeypatch.setenv(IDLE_SECONDS.name, "")
    assert (WORKERS.value(), THREADS.value(), IDLE_SECONDS.value()) == (64, 1, 900)


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_help_and_documentation_list_every_variable(variable: object) -> None:
    name = str(getattr(variable, "name", ""))
    assert name in call("--help").stdout
    assert f"`{name}`" in DOCUMENTED.read_text()
