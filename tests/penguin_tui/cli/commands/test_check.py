"""`penguin-tui check`: what it prints, and the exit code for CI."""

from pathlib import Path
from typing import Any

import pytest

from engine.results.checks import CheckReport, Finding
from engine.specs.base import Frozen
from engine.store.home import home
from penguin_tui.cli.commands import check
from tests.support.command_line import call, put_finished, read

ASKED: list[Any] = []


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A finished run, and an engine that finds it to be overfit."""
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    ASKED.clear()

    def answer(store: object, kind: str, spec: Frozen, asker: str) -> CheckReport:
        ASKED.append(spec)
        found = Finding(
            code="overfit", severity="warning", text="training accuracy 99.0 %, validation 80.0 %",
            figure=0.19, remedy="early stopping",
        )  # fmt: skip
        return CheckReport(
            run=1,
            findings=(found,),
            ignored=("underfit",),
            not_measured={"best_at_edge": "no search"},
        )

    monkeypatch.setattr(check, "answer", answer)
    return put_finished(home())


def test_findings_are_printed_with_why_figure_and_remedy(run: int) -> None:
    result = call("check", str(run))
    assert result.exit_code == 0, result.output
    for said in (
        "! Training accuracy 99.0 %",
        "warning · overfit",
        "→ early stopping",
        "Ignored: underfit",
        "no search",
    ):
        assert said in result.stdout
    found = read("check", str(run), "--json")
    assert found["findings"] == [
        {"code": "overfit", "severity": "warning", "figure": 0.19, "remedy": "early stopping",
         "text": "training accuracy 99.0 %, validation 80.0 %"}
    ]  # fmt: skip
    lines = call("check", str(run), "--csv").stdout.splitlines()
    assert lines == [
        "code,severity,text,figure,remedy",
        'overfit,warning,"training accuracy 99.0 %, validation 80.0 %",0.19,early stopping',
    ]


def test_the_exit_code_says_whether_something_is_as_severe(run: int) -> None:
    assert call("check", str(run), "--fail-on", "error").exit_code == 0
    assert call("check", str(run), "--fail-on", "warning").exit_code == 1
    assert call("check", str(run), "--fail-on", "info").exit_code == 1
    assert call("check", str(run), "--fail-on", "much").exit_code == 2


def test_the_ignore_list_comes_from_option_and_variable(
    run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGUIN_TUI_IGNORE_CHECKS", "underfit, still_improving")
    call("check", str(run), "--ignore", "overfit")
    assert ASKED[-1].ignore == ("overfit", "underfit", "still_improving")
    assert call("check", str(run), "--ignore", "nonsense").exit_code == 2
