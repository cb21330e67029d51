"""A search that was cut off anywhere goes on from what the store has of it, and repeats nothing."""

import random
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pytest

from engine.errors import EngineError
from engine.jobs import run_job
from engine.jobs.trials import subruns
from engine.jobs.trials.subruns import run_subrun
from engine.kinds import make_spec
from engine.results.search import SearchResult
from engine.runs.events import EpochBlock, Plan, Resumed, TrialEnded, TrialStarted
from engine.runs.reporter import (
    Checkpoint,
    CheckpointDropped,
    Reported,
    Reporter,
    ResumeState,
    Stopped,
)
from engine.runs.state import RunState, fold
from engine.specs.run_spec import RunSpec

RATES = {"learning_rate": {"low": 1e-3, "high": 0.1, "scale": "log"}}
UNITS = {"units": {"low": 4, "high": 30, "step": 1}}
FOLDS = {"hidden_layers": [8], "epochs": 4, "folds": 2}
BAND = {"hidden_layers": [8], "max_epochs": 9, "factor": 3, "vary": UNITS}
SEARCHES: dict[str, tuple[str, dict[str, Any]]] = {
    "random": ("random_search", FOLDS | {"max_trials": 7, "vary": RATES}),
    "random, as published": (
        "random_search", FOLDS | {"max_trials": 5, "vary": RATES, "protocol": "as_published"},
    ),
    "grid, stopped early": (
        "grid_search",
        FOLDS | {
            "vary": {"units": {"values": [6, 9]}, "epochs": {"values": [8, 30]}},
            "early_stopping": {"monitor": "val_loss", "patience": 1}, "learning_rate": 0.05,
        },
    ),
    "Hyperband": ("hyperband", BAND | {"dropout": 0.3, "schedule": "cosine_restarts"}),
    "Hyperband, stopped early": (
        "hyperband",
        BAND | {
            "early_stopping": {"monitor": "val_loss", "patience": 0}, "optimizer": "sgd",
            "momentum": 0.9, "learning_rate": 0.2,
        },
    ),
    "Hyperband, as published": ("hyperband", BAND | {"protocol": "as_published"}),
}  # fmt: skip
COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")


class Stopping(Reporter):
    """Asks itself to stop once so many trials have ended."""

    def __init__(self, ends: int, earlier: ResumeState | None = None) -> None:
        super().__init__(earlier)
        self._ends = ends

    def emit(self, item: Reported) -> None:
        super().emit(item)
        self._ends -= isinstance(item, TrialEnded)
        if not self._ends:
            self.request_stop()


def done(spec: RunSpec, reporter: Reporter) -> tuple[Any, list[Any]]:
    """What a run comes to (None when it stops), and what it reports."""
    try:
        result = run_job(spec, reporter)
    except Stopped:
        result = None
    return result, reporter.drain()


@cache
def whole(name: str) -> tuple[Any, tuple[Any, ...]]:
    """What one of the searches comes to when nothing interrupts it, and what it reports."""
    result, reported = done(make_spec(*SEARCHES[name]), Reporter())
    return result, tuple(reported)


def events(reported: Iterable[Any]) -> list[Any]:
    return [item for item in reported if isinstance(item, EpochBlock) or hasattr(item, "type")]


def stored(reported: Sequence[Any]) -> ResumeState:
    """What the store has of a run that was cut off after it had written all this."""
    kept: dict[int, bytes] = {}
    for item in reported:
        if isinstance(item, Checkpoint):
            kept[item.trial] = item.body
        elif isinstance(item, CheckpointDropped):
            del kept[item.trial]
    return ResumeState(fold(RunState(), [*events(reported), Resumed(at=1.0)]), kept)


def curves(state: RunState) -> dict[int, list[bytes]]:
    return {k: [c.column(name).tobytes() for name in COLUMNS] for k, c in state.curves.items()}


def trials(state: RunState) -> dict[int, tuple[Any, ...]]:
    return {
        n: (t.status, t.settings, t.effective_settings, t.scores, t.epochs, t.group, t.parent)
        for n, t in state.trials.items()
    }


def ended(state: RunState) -> set[int]:
    return {n for n, t in state.trials.items() if t.status in ("finished", "diverged", "skipped")}


def begun(reported: Iterable[Any]) -> list[int]:
    return [item.trial for item in reported if isinstance(item, TrialStarted)]


@pytest.mark.parametrize("name", SEARCHES)
def test_wherever_it_was_cut_off_a_search_repeats_no_trial(name: str) -> None:
    kind, fields = SEARCHES[name]
    spec = make_spec(kind, fields)
    result, reported = whole(name)
    uncut = fold(RunState(), events(reported))
    places = [i for i, item in enumerate(reported) if isinstance(item, TrialEnded | Checkpoint)]
    chance = random.Random(0)
    cuts = {0, len(reported), *chance.sample(range(len(reported)), 3), *chance.sample(places, 3)}
    for cut in sorted(cuts):
        earlier = stored(reported[:cut])
        kept = ended(earlier.state)
        again, rest = done(spec, Reporter(earlier))
        assert again == result
        assert sorted(begun(rest)) == sorted(set(uncut.trials) - kept)
        # nor is a single epoch of them reported again, but for the refit of the best
        folds = getattr(spec, "folds", 1)
        assert not kept & {
            block.training_key // 128
            for block in rest
            if isinstance(block, EpochBlock) and block.training_key % 128 < folds
        }
        state = fold(earlier.state, events(rest))
        assert curves(state) == curves(uncut)
        assert trials(state) == trials(uncut)


@pytest.mark.parametrize("name", ["random", "Hyperband", "Hyperband, stopped early"])
def test_what_is_kept_to_go_on_from_is_bounded(name: str) -> None:
    kind, _ = SEARCHES[name]
    _, reported = whole(name)
    most, kept = 0, set()
    for item in reported:
        kept |= {item.trial} if isinstance(item, Checkpoint) else set()
        kept -= {item.trial} if isinstance(item, CheckpointDropped) else set()
        most = max(most, len(kept))
    # of the widest rung a third goes on; one more is the best, another one at work
    assert 1 <= most <= (2 if kind == "random_search" else 9 // 3 + 3)


@pytest.mark.parametrize("name", ["random", "random, as published", "Hyperband"])
def test_stopped_after_it_went_on_a_search_shows_the_best_of_both_times(name: str) -> None:
    kind, fields = SEARCHES[name]
    spec = make_spec(kind, fields)
    _, whole = done(spec, Stopping(4))
    _, first = done(spec, Stopping(3))
    earlier = stored(first)
    _, second = done(spec, Stopping(1, earlier))
    one = fold(RunState(), events(whole))
    other = fold(earlier.state, events(second))
    assert ended(earlier.state)
    assert isinstance(one.result, SearchResult)
    assert isinstance(other.result, SearchResult)
    if one.result.best_trial == other.result.best_trial:
        assert one.result.scores == other.result.scores
        assert one.result.confusion == other.result.confusion
    assert other.result.scores.test is None


@pytest.mark.filterwarnings("ignore:One or more of the:UserWarning")
def test_a_skipped_candidate_stays_skipped() -> None:
    spec = make_spec(*SEARCHES["random"])
    _, reported = whole("random")
    changed = [
        item.model_copy(update={"status": "skipped", "scores": {}})
        if isinstance(item, TrialEnded) and item.trial == 1
        else item
        for item in reported
    ]
    # while the best one is refitted
    last = max(i for i, item in enumerate(changed) if isinstance(item, TrialEnded))
    earlier = stored(changed[: last + 1])
    result, rest = done(spec, Reporter(earlier))
    assert begun(rest) == []
    assert result.best_trial != 1
    assert result.epochs_spent == sum(t.epochs for t in earlier.state.trials.values()) + 4


@pytest.mark.parametrize("name", ["random", "Hyperband"])
def test_without_what_it_would_go_on_from_it_comes_to_the_same(name: str) -> None:
    spec = make_spec(*SEARCHES[name])
    result, reported = whole(name)
    cut = [i for i, item in enumerate(reported) if isinstance(item, TrialEnded)][4]
    # removed by 'prune', or never made by an older version
    earlier = ResumeState(stored(reported[:cut]).state)
    again, _ = done(spec, Reporter(earlier))
    assert again == result


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04", b"{}"])
def test_a_changed_checkpoint_is_a_sentence(body: bytes) -> None:
    spec = make_spec(*SEARCHES["Hyperband"])
    _, reported = whole("Hyperband")
    cut = [i for i, item in enumerate(reported) if isinstance(item, TrialEnded)][8]
    earlier = stored(reported[:cut])
    changed = ResumeState(earlier.state, dict.fromkeys(earlier.checkpoints, body))
    with pytest.raises(EngineError, match="checkpoint of this run cannot be read"):
        run_job(spec, Reporter(changed))


def test_a_search_that_goes_on_tells_its_pace_from_what_it_does_now() -> None:
    _, reported = whole("random")
    cut = [i for i, item in enumerate(reported) if isinstance(item, TrialEnded)][3]
    earlier = stored(reported[:cut])
    plan = Plan(at=100.0, trials=7, trainings=15, epochs=60)
    state = fold(earlier.state, [plan])
    assert state.epochs_done >= 24
    assert state.pace(110.0) is None
    block = EpochBlock.of(6 * 128, 1, [(0.0,) * 6] * 4)
    assert fold(state, [block]).pace(102.0) == pytest.approx(2.0)


def test_subruns_that_are_done_are_not_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = make_spec("train", {"epochs": 3, "hidden_layers": [4]})
    first = Reporter()
    settings = {"protocol": "strict", "seed": 0}
    result = run_subrun(spec, first, 4, "a part", settings)
    reported = first.drain()
    earlier = stored(reported)
    monkeypatch.setattr(subruns, "run_job", lambda *_: pytest.fail("it was done again"))
    second = Reporter(earlier)
    again = run_subrun(spec, second, 4, "a part", settings)
    assert result is not None
    assert again == result.model_copy(update={"misclassified": ()})
    assert second.drain() == []
