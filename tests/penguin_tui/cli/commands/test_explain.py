"""`penguin-tui explain`: a table for a person, JSON for a script."""

from pathlib import Path
from typing import Any

import pytest

from engine.jobs import explain
from engine.runs.reporter import Reporter
from penguin_tui.cli.commands import explain as command
from tests.support.command_line import call, read
from tests.support.engine.fitted_runs import fitted


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished run, and an engine in this process."""

    def answer(store: object, kind: str, question: Any, asker: str) -> object:
        assert kind == "explain"
        return explain.run(question, Reporter())

    tmp_path.chmod(0o700)
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path))
    monkeypatch.setattr(command, "answer", answer)
    fitted(tmp_path)


def test_the_table_and_the_json_have_the_same_columns_in_the_same_order() -> None:
    result = call("explain", "last")
    assert result.exit_code == 0, result.output
    found = read("explain", "1", "--json")
    names = [own["column"] for own in found["importance"]]
    places = [result.stdout.index(name) for name in names]
    assert places == sorted(places)
    assert f"{100 * found['importance'][0]['mean']:+.1f}" in result.stdout
    assert "! flipper_length_mm and body_mass_g are correlated" in result.stdout
    assert found["repeats"] == 10
    assert read("explain", "1", "--json", "--repeats", "3")["repeats"] == 3
