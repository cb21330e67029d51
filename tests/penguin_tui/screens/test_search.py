"""Searches on screen: the search space, ranked trials, brackets, importance."""

import time
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from engine.kinds import make_spec
from engine.runs.events import TrialEnded, TrialStarted
from engine.runs.state import RunState, fold
from engine.specs.train import TrainSpec
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.presentation.blocks import plain
from penguin_tui.presentation.brackets import Branch, branches
from penguin_tui.presentation.trials import Ranked, ranked_trials, trial_details
from penguin_tui.screens.search import SearchScreen
from penguin_tui.screens.train import TrainScreen
from penguin_tui.search.bracket_tree import BracketTree
from penguin_tui.search.search_view import best_series
from penguin_tui.search.trial_table import TrialTable
from tests.support.screen_text import flat, seen, settled
from tests.support.stored_runs import NOW, Stored, until
from tests.support.stored_searches import (
    GRID,
    HYPERBAND,
    RANDOM,
    candidate,
    hyperband_events,
    search_events,
    search_screen,
)

SIZES = [(80, 24), (140, 45)]


# -- live -----------------------------------------------------------------------------------------


async def test_candidates_are_ranked_while_the_search_runs(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events(done=7), status="running")
    async with workbench.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "trial 7 of 12" in seen(workbench))
        assert "epoch 224 of 370" in seen(workbench)
        assert "39 s left" in seen(workbench)
        assert "best so far 90.3 %" in seen(workbench)
        await until(pilot, lambda: "skipped" in seen(workbench))
        table = workbench.screen.query_one(TrialTable)
        assert [item.trial.number for item in table.items] == [3, 6, 5, 1, 2, 0, 7, 4]
        assert "90.3 % ± 0.3" in seen(workbench)
        assert "89.9 90.7 90.2" in seen(workbench)
        # the curve of the candidate at work, in its second fold
        await until(pilot, lambda: "Trial 7, fold 2 of 3" in seen(workbench))
        await until(pilot, lambda: "best 90.3 %" in seen(workbench))


async def test_a_search_has_the_keys_of_a_run_and_skips(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events(done=7), status="running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "skipped" in seen(workbench))
        await pilot.press("c", "down", "k")

        def asked() -> list[str]:
            with Store.open(workbench.home) as store:
                return [request.what for request in store.open_requests()]

        await until(pilot, lambda: asked() == ["skip"])
        await pilot.press("s")
        await until(pilot, lambda: asked() == ["skip", "stop"])


def test_the_best_so_far_never_falls() -> None:
    state = fold(RunState(), search_events())
    best, each = best_series(state)
    assert list(best.ys) == sorted(best.ys)
    assert max(each.ys) == best.ys[-1]
    # eleven of twelve: one was skipped
    assert len(each.xs) == 11


def texts(item: Ranked) -> list[str]:
    return [plain(line) for line in trial_details(item)]


def test_a_setting_that_did_not_take_effect_is_reported() -> None:
    own = candidate(0)
    events = [
        TrialStarted(at=NOW, trial=0, settings=own, epochs=10),
        TrialEnded(
            at=NOW, trial=0, status="finished", scores={"validation": (0.9, 0.9)},
            effective_settings=own | {"learning_rate": 0.001}, epochs=20,
        ),
    ]  # fmt: skip
    [item] = ranked_trials(fold(RunState(), events))
    assert "! effective settings differ: learning rate 0.001" in texts(item)
    # a rate is held with 32 bits: that is no difference
    used = own | {"learning_rate": own["learning_rate"] * (1 + 1e-8)}
    events[1] = events[1].model_copy(update={"effective_settings": used})
    [item] = ranked_trials(fold(RunState(), events))
    assert not any("!" in line for line in texts(item))
    # nor is early stopping, which was asked for
    used = own | {"epochs": 4, "epochs_at_most": 10}
    events[0] = events[0].model_copy(update={"settings": own | {"epochs": 10}})
    events[1] = events[1].model_copy(update={"effective_settings": used})
    [item] = ranked_trials(fold(RunState(), events))
    assert not any("!" in line for line in texts(item))
    assert "stopped early, after 4 of 10 epochs" in texts(item)


async def test_five_hundred_candidates_stay_quick(workbench: Workbench, stored: Stored) -> None:
    run = stored("random_search", {**RANDOM, "max_trials": 500},
                 search_events(done=498, count=500), status="running")  # fmt: skip
    async with workbench.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "trial 498 of 500" in seen(workbench))
        await until(pilot, lambda: bool(workbench.screen.query(TrialTable)))
        table = workbench.screen.query_one(TrialTable)
        await until(pilot, lambda: len(table.items) == 499)
        record = workbench.screen.view.record  # type: ignore[attr-defined]
        state = workbench.screen.view.state  # type: ignore[attr-defined]
        took = []
        for _ in range(5):
            start = time.perf_counter()
            table.show_state(record, state)
            took.append(time.perf_counter() - start)
        # some 5 ms; drawing all rows would take hundreds
        assert min(took) < 0.1


async def test_the_log_tells_every_candidate_as_it_ended(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events())
    async with workbench.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "Best:" in seen(workbench))
        await pilot.press("o")
        await until(pilot, lambda: "12 trials, 37 trainings, 370 epochs planned" in seen(workbench))
        assert "trial 3 finished: learning rate 0.02174" in seen(workbench)
        assert "trial 4 skipped" in seen(workbench)
        last = [line for line in seen(workbench).splitlines() if line.startswith(" 13:59:55")]
        assert "finished" in last[-1]


# -- hyperband ------------------------------------------------------------------------------------


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


async def test_the_tree_is_shown_with_epochs_spent_and_folds(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("hyperband", HYPERBAND, hyperband_events(done=14), status="running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "trial 14 of 30" in seen(workbench))
        await pilot.press("h")
        await until(pilot, lambda: "29 of 120 epochs spent" in seen(workbench))
        assert "Bracket 2: 12 trials of 2 epochs first" in seen(workbench)
        rows = len(workbench.screen.query_one(BracketTree).items)
        await pilot.press("down", "enter")
        await until(pilot, lambda: len(workbench.screen.query_one(BracketTree).items) == rows - 12)


# -- finished -------------------------------------------------------------------------------------


async def test_selection_score_and_test_score_stand_side_by_side_with_their_gap(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events())
    async with workbench.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "Best: learning rate 0.001705" in seen(workbench))
        text = flat(workbench)
        assert "selection score 91.2 % ± 0.8 (optimistic: selection bias)" in text
        assert "test score 97.1 %, 5.8 pp higher" in text
        await pilot.press("u")
        await until(pilot, lambda: "effective" in seen(workbench))
        assert "requested" in seen(workbench)
        await pilot.press("i")
        await until(pilot, lambda: "Spearman's rank correlation" in seen(workbench))
        await until(pilot, lambda: "◆ best" in seen(workbench))
        assert "accuracy over learning rate" in seen(workbench)
        await pilot.press("right")
        await until(pilot, lambda: "accuracy over batch size" in seen(workbench))
        await pilot.press("a")
        await until(pilot, lambda: "11,103 parameters" in flat(workbench))
        await pilot.press("x")
        await until(pilot, lambda: "Chinstrap" in seen(workbench))


async def test_a_search_that_searched_nothing_says_so_at_the_top(
    workbench: Workbench, stored: Stored
) -> None:
    note = "All candidates were the same network: none of the varied settings reached it."
    run = stored("random_search", {**RANDOM, "protocol": "as_published"}, search_events(note=note))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: note in flat(workbench))
        assert "as published (data leakage): not comparable" in flat(workbench)
        lines = seen(workbench).splitlines()
        place = next(i for i, line in enumerate(lines) if "All candidates were" in line)
        assert place <= 3


async def test_the_best_or_any_candidate_comes_into_the_train_form(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events())
    async with workbench.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "Best:" in seen(workbench))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(workbench.screen, TrainScreen))
        screen = workbench.screen
        assert isinstance(screen, TrainScreen)
        await until(pilot, lambda: screen.form.fields["batch_size"] == 32)
        spec = screen.form.reading.spec
        assert isinstance(spec, TrainSpec)
        assert spec.learning_rate == candidate(11)["learning_rate"]
        assert spec.epochs == 10
        # the second of the table
        await workbench.open_run(run)
        await until(pilot, lambda: "Best:" in seen(workbench))
        await until(pilot, lambda: bool(workbench.screen.query(TrialTable)))
        await until(pilot, lambda: len(workbench.screen.query_one(TrialTable).items) == 12)
        await pilot.press("c", "down", "enter")
        await until(pilot, lambda: workbench.screen is screen)
        rate = candidate(9)["learning_rate"]
        await until(pilot, lambda: screen.form.fields["learning_rate"] == rate)


async def test_a_hyperband_candidate_is_trained_as_long_as_it_was(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("hyperband", HYPERBAND, hyperband_events())
    async with workbench.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "Best:" in seen(workbench))
        await pilot.press("h")
        await until(pilot, lambda: bool(workbench.screen.query(BracketTree)))
        await until(pilot, lambda: len(workbench.screen.query_one(BracketTree).items) > 30)
        # the first candidate of the first rung, which had two epochs
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(workbench.screen, TrainScreen))
        screen = workbench.screen
        assert isinstance(screen, TrainScreen)
        await until(pilot, lambda: screen.form.fields["epochs"] == 2)
        spec = screen.form.reading.spec
        assert isinstance(spec, TrainSpec)
        assert spec.hidden_layers == (208, 208)
        assert spec.dropout == 0.2


async def test_load_settings_goes_back_to_the_search_form(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("hyperband", HYPERBAND, hyperband_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "Best:" in seen(workbench))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(workbench.screen, SearchScreen))
        screen = workbench.screen
        assert isinstance(screen, SearchScreen)
        await until(pilot, lambda: screen.form.reading.spec == make_spec("hyperband", HYPERBAND))
        await until(pilot, lambda: "‹ Hyperband ›" in seen(workbench))
        assert "from 16" in seen(workbench)


async def test_a_stopped_search_keeps_what_was_finished(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("grid_search", GRID, search_events(done=2, count=4), status="stopped")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "stopped" in seen(workbench))
        await until(pilot, lambda: bool(workbench.screen.query(TrialTable)))
        table = workbench.screen.query_one(TrialTable)
        await until(pilot, lambda: [i.place for i in table.items] == [1, 2, None])
        # the best so far can be trained
        await pilot.press("t")
        await until(pilot, lambda: isinstance(workbench.screen, TrainScreen))


# -- as it looks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ["empty", "live", "finished", "brackets", "mattered"])
def test_looks(
    snap_compare: Callable[..., bool],
    workbench: Workbench,
    stored: Stored,
    size: tuple[int, int],
    state: str,
) -> None:
    run = 0
    match state:
        case "live":
            run = stored("random_search", RANDOM, search_events(done=7), status="running")
        case "finished" | "mattered":
            run = stored("random_search", RANDOM, search_events())
        case "brackets":
            run = stored("hyperband", HYPERBAND, hyperband_events(done=14), status="running")

    async def before(pilot: Pilot[None]) -> None:
        await pilot.pause()
        if state == "empty":
            await search_screen(pilot)
            await until(pilot, lambda: "unknown" in seen(workbench))
        else:
            await workbench.open_run(run)
            await until(pilot, lambda: "effective: " in seen(workbench))
        if state == "brackets":
            await pilot.press("h")
            await until(pilot, lambda: "epochs spent" in seen(workbench))
        if state == "mattered":
            await pilot.press("i")
            await until(pilot, lambda: "Spearman" in seen(workbench) and "┤" in seen(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
