"""Hyperband's brackets, rungs and trials, as lines of a tree."""

from engine.kinds import make_spec
from engine.runs.state import RunState, fold
from penguin_tui.presentation.results.brackets import Branch, branches
from tests.support.stored.hyperband import HYPERBAND, hyperband_events


def tree(done: int | None, live: bool) -> list[Branch]:
    spec = make_spec("hyperband", HYPERBAND)
    state = fold(RunState(), hyperband_events(done))
    return branches(spec, state, live, frozenset())  # type: ignore[arg-type]


def test_promoted_and_stopped_trials_are_told_apart() -> None:
    lines = tree(None, live=False)
    first = [b for b in lines if (b.bracket, b.rung) == (2, 0) and b.trial is not None]
    assert [b.outcome for b in first] == ["promoted"] * 4 + ["eliminated"] * 8
    assert all("↑" in b.text for b in first[:4])
    assert all("✗" in b.text for b in first[4:])
    last = [b for b in lines if (b.bracket, b.rung) == (2, 2) and b.trial is not None]
    assert [b.outcome for b in last] == ["completed"] * 2
    # no bookkeeping of the tuner among the settings
    assert not any("tuner" in b.text for b in lines)


def test_nobody_is_stopped_before_the_next_rung_is_full() -> None:
    first = [
        b for b in tree(14, live=True) if (b.bracket, b.rung) == (2, 0) and b.trial is not None
    ]
    assert {b.outcome for b in first} == {"promoted", "pending"}
    first = [
        b for b in tree(16, live=True) if (b.bracket, b.rung) == (2, 0) and b.trial is not None
    ]
    assert {b.outcome for b in first} == {"promoted", "eliminated"}


def test_brackets_and_rungs_have_their_budgets() -> None:
    lines = tree(None, live=False)
    brackets = [b for b in lines if b.rung is None]
    assert [b.text for b in brackets] == [
        "Bracket 2: 12 trials of 2 epochs first",
        "Bracket 1: 6 trials of 4 epochs first",
        "Bracket 0: 4 trials of 10 epochs first",
    ]
    assert [b.epochs for b in brackets] == ["44/44", "36/36", "40/40"]
    rungs = [b for b in lines if b.rung is not None and b.trial is None]
    assert [b.outcome for b in rungs] == [
        "12 of 12", "4 of 4", "2 of 2", "6 of 6", "2 of 2", "4 of 4",
    ]  # fmt: skip
