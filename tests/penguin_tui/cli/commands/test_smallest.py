"""`penguin-tui smallest`: what it begins with, and what it prints."""

import csv
from pathlib import Path
from typing import Any

import pytest

from engine.results.smallest import SmallestResult
from engine.specs.base import Frozen
from engine.store.home import home
from penguin_tui.cli.commands import smallest
from tests.support.command_line import call, put, put_finished, read
from tests.support.stored.runs import baseline_events
from tests.support.stored.searches import RANDOM, search_events
from tests.support.stored.smallest import smallest_result

ASKED: list[Any] = []


@pytest.fixture(autouse=True)
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that finds a network without hidden layers."""
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    ASKED.clear()

    def answer(store: object, kind: str, question: Frozen, asker: str) -> SmallestResult:
        ASKED.append(question)
        return smallest_result()

    monkeypatch.setattr(smallest, "answer", answer)


def test_it_begins_with_the_network_of_the_run_and_shows_the_price() -> None:
    run = put_finished(home(), hidden_layers=[30, 20])
    result = call("smallest", str(run), "--within", "pp")
    assert result.exit_code == 0, result.output
    assert ASKED[-1].network.hidden_layers == (30, 20)
    assert ASKED[-1].within == "pp"
    for said in ("33 parameters instead of 11,503", "348.6 times fewer", "score of a = 1 + 2·x",
                 "each 2", "FROM data", "on all 344 rows"):  # fmt: skip
        assert said in result.stdout
    found = read("smallest", str(run), "--json")
    assert found["chosen"]["hidden_layers"] == []
    assert found["written"]["differing"] == 0
    names, *rows = csv.reader(call("smallest", str(run), "--csv").stdout.splitlines())
    as_good = [row[names.index("as_good")] for row in rows]
    assert len(rows) == len(found["tried"]) + 1
    assert as_good == ["False"] * (len(rows) - 2) + ["True"] * 2


def test_of_a_search_it_begins_with_the_best_trial() -> None:
    run = put(home(), search_events(), "random_search", **RANDOM)
    assert call("smallest", str(run)).exit_code == 0
    assert ASKED[-1].network.epochs > 0


def test_without_a_network_it_says_so() -> None:
    run = put(home(), baseline_events(), "baseline")
    result = call("smallest", str(run))
    assert result.exit_code == 2
    assert "no network" in result.output
