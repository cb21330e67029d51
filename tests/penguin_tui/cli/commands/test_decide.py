"""`penguin-tui decide`: what a threshold comes to, and what is kept with the model."""

import json
import re
from pathlib import Path

import pytest

from engine.results.decision_rule import DecisionRule
from engine.store.home import home
from engine.store.store import Store
from tests.support.command_line import call, put, put_finished
from tests.support.stored.probabilities import events_with_figures


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A training of two classes whose probabilities are too sure."""
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    return put(home(), events_with_figures())


def kept(run: int) -> DecisionRule | None:
    with Store.open(home()) as store:
        return store.run(run).decision_rule


def test_without_a_word_to_keep_it_only_shows(run: int) -> None:
    result = call("decide", str(run), "--costs", "5,1", "--threshold", "39 %")
    assert result.exit_code == 0, result.output
    for said in ("ill from 39 % on", "missed 5, false 1", "Temperature", "most probable class"):
        assert said in result.stdout
    assert kept(run) is None


def test_the_cheapest_threshold_and_the_temperature_are_kept_and_taken_back(run: int) -> None:
    result = call("decide", str(run), "--costs", "5,1", "--threshold", "cheapest", "--keep")
    assert result.exit_code == 0, result.output
    assert "(cross-validated)" in result.stdout
    assert "Kept: ill from" in result.stdout
    rule = kept(run)
    assert rule is not None
    assert rule.positive == "ill"
    assert rule.temperature > 2
    assert (rule.threshold or 1) < 0.5
    assert call("decide", str(run), "--keep").exit_code == 0
    again = kept(run)
    assert again is not None
    assert again.threshold is None, "no threshold is named: the temperature alone"
    assert "most probable class" in call("decide", str(run), "--reset").stdout
    assert kept(run) is None


def test_a_program_reads_what_a_person_does(run: int) -> None:
    result = call(
        "decide", str(run), "--costs", "5,1", "--threshold", "cheapest", "--keep", "--json"
    )
    found = json.loads(result.stdout)
    threshold, rule = found["threshold"], kept(run)
    assert rule is not None
    assert found["decision_rule"] == rule.model_dump(mode="json")
    assert threshold["percent"] == threshold["cheapest"]
    assert threshold["cross_validated"]
    assert found["temperature"]["helps"]
    assert found["temperature"]["gain"] > found["temperature"]["gain_low"] > 0
    shown = call("decide", str(run), "--costs", "5,1", "--threshold", "cheapest").stdout
    for row in (("true_positive", "false_negative"), ("false_positive", "true_negative")):
        assert re.search(r"\s+".join(str(threshold[name]) for name in row), shown)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--threshold", "0"), "whole percent from 1 to 99"),
        (("--threshold", "half"), "whole percent from 1 to 99"),
        (("--costs", "5"), "two numbers"),
        (("--costs", "0,0"), "two numbers"),
        (("--keep", "--reset"), "Either --keep or --reset"),
    ],
)
def test_wrong_use_says_what_is_allowed(run: int, options: tuple[str, ...], said: str) -> None:
    result = call("decide", str(run), *options)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_run_without_figures_says_to_rerun_it(run: int) -> None:
    result = call("decide", str(put_finished(home())), "--keep")
    assert result.exit_code == 2
    assert "rerun it to see this" in result.stderr
