"""A score is one entry and one function; results of before it was added still load."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.data import score_functions
from engine.data.score_functions import Classified, score_set
from engine.results.scores import SCORES, ScoreInfo, SetScore
from engine.store.home import home
from tests.support.command_line import call, put_finished, read

KAPPA = ScoreInfo("kappa", "Cohen's kappa", "fraction")


def kappa(found: Classified) -> float:
    """Stands for any score."""
    return float((found.predicted == found.y).mean()) / 2


@pytest.fixture
def one_more(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A score is added: its entry and its function."""
    monkeypatch.setitem(score_functions.SCORERS, KAPPA.name, kappa)
    SCORES.append(KAPPA)
    monkeypatch.setattr("tests.support.command_line.SetScore", _with_kappa)
    yield
    SCORES.remove(KAPPA)


def _with_kappa(**figures: object) -> SetScore:
    return SetScore(**figures, kappa=0.815)


def test_every_score_has_its_function() -> None:
    assert list(score_functions.SCORERS) == [score.name for score in SCORES]


def test_a_score_that_was_added_is_worked_out_and_survives_json(one_more: None) -> None:
    y = np.array([0, 1, 1])
    score = score_set(y, np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]), ("a", "b"))
    assert score.figures["kappa"] == pytest.approx(1 / 3)
    assert SetScore.model_validate(score.model_dump(mode="json"), strict=False) == score


def test_a_score_that_was_added_is_in_summary_and_json(
    one_more: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    run = put_finished(home())
    shown = call("show", str(run)).stdout
    assert "Cohen's kappa" in shown
    assert "0.815" in shown
    assert read("show", str(run), "--json")["scores"]["test"]["kappa"] == 0.815


def test_a_run_of_before_it_was_added_has_a_dash_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    run = put_finished(home())
    SCORES.append(KAPPA)
    try:
        [row] = [
            line for line in call("show", str(run)).stdout.splitlines() if line.startswith("test ")
        ]
    finally:
        SCORES.remove(KAPPA)
    assert row.split()[-1] == "–"
