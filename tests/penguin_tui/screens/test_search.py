"""Searches on screen: the search space, ranked trials, brackets, importance."""

import time
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.search import SearchScreen
from penguin_tui.screens.train import TrainScreen
from penguin_tui.search.bracket_tree import BracketTree
from penguin_tui.search.trial_table import TrialTable
from tests.support.screen.form_and_run import SIZES, form_screen, open_run, run_shown
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.hyperband import HYPERBAND, hyperband_events
from tests.support.stored.runs import Stored
from tests.support.stored.searches import GRID, RANDOM, search_events

# -- live -----------------------------------------------------------------------------------------


async def test_candidates_are_ranked_while_the_search_runs(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events(done=7), status="running")
    async with run_shown(workbench, run, "trial 7 of 12") as pilot:
        assert "epoch 224 of 370" in seen(workbench)
        assert "5.0 s to 39 s left" in seen(workbench)
        assert "best so far 90.3 %" in seen(workbench)
        await until(pilot, lambda: "skipped" in seen(workbench))
        table = workbench.screen.query_one(TrialTable)
        assert [item.trial.number for item in table.items] == [3, 6, 5, 1, 2, 0, 7, 4]
        assert "90.3 % ± 0.4" in seen(workbench)
        assert "89.9 90.7 90.2" in seen(workbench)
        # the curve of the candidate at work, in its second fold
        await until(pilot, lambda: "Trial 7, fold 2 of 3" in seen(workbench))
        await until(pilot, lambda: "best 90.3 %" in seen(workbench))


async def test_five_hundred_candidates_stay_quick(workbench: Workbench, stored: Stored) -> None:
    run = stored("random_search", {**RANDOM, "max_trials": 500},
                 search_events(done=498, count=500), status="running")  # fmt: skip
    async with run_shown(workbench, run, "trial 498 of 500") as pilot:
        await until(pilot, lambda: bool(workbench.screen.query(TrialTable)))
        table = workbench.screen.query_one(TrialTable)
        await until(pilot, lambda: len(table.items) == 499)
        record = workbench.screen.view.record  # type: ignore[attr-defined]
        state = workbench.screen.view.state  # type: ignore[attr-defined]
        took = []
        for _ in range(5):
            start = time.thread_time()
            table.show_state(record, state)
            took.append(time.thread_time() - start)
        # some 5 ms of the processor; drawing all rows would take hundreds
        assert min(took) < 0.1


async def test_the_log_tells_every_candidate_as_it_ended(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events())
    async with run_shown(workbench, run, "Best:") as pilot:
        await pilot.press("L")
        await until(pilot, lambda: "12 trials, 37 trainings, 370 epochs planned" in seen(workbench))
        assert "trial 3 finished: learning rate 0.02174" in seen(workbench)
        assert "trial 4 skipped" in seen(workbench)
        last = [line for line in seen(workbench).splitlines() if line.startswith(" 13:59:55")]
        assert "finished" in last[-1]


# -- hyperband ------------------------------------------------------------------------------------


async def test_the_tree_is_shown_with_epochs_spent_and_folds(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("hyperband", HYPERBAND, hyperband_events(done=14), status="running")
    async with run_shown(workbench, run, "trial 14 of 30", size=SIZES[0]) as pilot:
        await pilot.press("B")
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
    async with run_shown(workbench, run, "Best: learning rate 0.001705") as pilot:
        text = flat(workbench)
        assert "sd over folds (optimistic: selection bias)" in text
        assert "test score 97.1 %, 5.8 pp higher" in text
        await pilot.press("S")
        await until(pilot, lambda: "effective" in seen(workbench))
        assert "requested" in seen(workbench)
        await pilot.press("I")
        await until(pilot, lambda: "Spearman's rank correlation" in seen(workbench))
        await until(pilot, lambda: "◆ best" in seen(workbench))
        assert "accuracy over learning rate" in seen(workbench)
        await pilot.press("right")
        await until(pilot, lambda: "accuracy over batch size" in seen(workbench))
        await pilot.press("N")
        await until(pilot, lambda: "11,103 parameters" in flat(workbench))
        await pilot.press("M")
        await until(pilot, lambda: "Chinstrap" in seen(workbench))


async def test_a_search_that_searched_nothing_says_so_at_the_top(
    workbench: Workbench, stored: Stored
) -> None:
    note = "All candidates were the same network: none of the varied settings reached it."
    run = stored("random_search", {**RANDOM, "protocol": "as_published"}, search_events(note=note))
    async with run_shown(workbench, run, note, size=SIZES[0]):
        assert "as published (data leakage): not comparable" in flat(workbench)
        lines = seen(workbench).splitlines()
        place = next(i for i, line in enumerate(lines) if "All candidates were" in line)
        assert place <= 3


async def test_a_stopped_search_keeps_what_was_finished(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("grid_search", GRID, search_events(done=2, count=4), status="stopped")
    async with run_shown(workbench, run, "stopped", size=SIZES[0]) as pilot:
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
        if state == "empty":
            await form_screen(pilot, SearchScreen)
            await until(pilot, lambda: "unknown" in seen(workbench))
        else:
            await open_run(pilot, run, "effective: ")
        if state == "brackets":
            await pilot.press("B")
            await until(pilot, lambda: "epochs spent" in seen(workbench))
        if state == "mattered":
            await pilot.press("I")
            await until(pilot, lambda: "Spearman" in seen(workbench) and "┤" in seen(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
