"""The tab Smallest: found at a key, with progress, written out and copied."""

from pathlib import Path

import pytest

from engine.specs.kinds.smallest import SmallestQuestion
from engine.store import queries
from engine.store.queries import Query
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from tests.support.screen.form_and_run import run_shown
from tests.support.screen.text import flat
from tests.support.screen.waiting import until, until_stored
from tests.support.stored.runs import Stored, baseline_events, train_events
from tests.support.stored.searches import RANDOM, search_events
from tests.support.stored.smallest import smallest_result

SIZES = [(80, 24), (140, 45)]


async def asked(home: Path) -> tuple[Query, SmallestQuestion]:
    [query] = await until_stored(
        home, lambda s: [q for q in queries.open_queries(s) if q.kind == "smallest"]
    )
    return query, SmallestQuestion.model_validate_json(query.arguments)


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_found_at_a_key_and_written_out(
    workbench: Workbench, stored: Stored, store_home: Path, size: tuple[int, int]
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    copied: list[str] = []
    async with run_shown(workbench, run, "finished", size=size) as pilot:
        await pilot.press("W")
        await until(pilot, lambda: "within one standard error over seeds" in flat(workbench))
        await pilot.press("space")
        await until(pilot, lambda: "within one percentage point" in flat(workbench))
        await pilot.press("enter")
        query, question = await asked(store_home)
        assert (question.within, question.network.hidden_layers) == ("pp", (100, 100))
        with Store.open(store_home) as store:
            queries.set_phase(store, query.id, "trying network 3 of 40, the smallest first")
            await until(pilot, lambda: "trying network 3 of 40" in flat(workbench))
            queries.answer(store, query.id, smallest_result().model_dump_json().encode())
        await until(pilot, lambda: "33 parameters instead of 11,503" in flat(workbench))
        assert "score of a = 1 + 2·x" in flat(workbench)
        workbench.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        await pilot.press("c")
        assert copied == ["-- score of a = 1 + 2·x\nSELECT 1 AS predicted\nFROM data"]


async def test_it_is_given_up_by_escape_and_of_a_search_begins_with_the_best_trial(
    workbench: Workbench, stored: Stored, store_home: Path
) -> None:
    run = stored("random_search", RANDOM, search_events())
    async with run_shown(workbench, run, "finished", size=(100, 30)) as pilot:
        await pilot.press("W", "enter")
        _, question = await asked(store_home)
        assert question.network.epochs > 0
        await pilot.press("escape")
        await until(pilot, lambda: "tries smaller networks" in flat(workbench))
        await until_stored(
            store_home, lambda s: all(q.kind != "smallest" for q in queries.open_queries(s))
        )


async def test_a_baseline_has_no_such_tab_and_a_run_that_trains_says_when(
    workbench: Workbench, stored: Stored
) -> None:
    baseline = stored("baseline", {}, baseline_events())
    live = stored("train", {"epochs": 20}, train_events(8, 20, finished=False), status="running")
    async with run_shown(workbench, baseline, size=(100, 30)) as pilot:
        await pilot.press("W")
        assert "Smallest" not in flat(workbench)
    workbench = Workbench(workbench.home, engine=False)
    async with run_shown(workbench, live, "running", size=(100, 30)) as pilot:
        await pilot.press("W")
        await until(pilot, lambda: "when the run has ended" in flat(workbench))
