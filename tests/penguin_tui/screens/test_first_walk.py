"""The first minute: two keys to a first training, as docs/first-walk.md has it."""

import re
from pathlib import Path

from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.first_steps import FirstSteps
from tests.support.screen.form_and_run import report, stored_run
from tests.support.screen.text import flat
from tests.support.screen.waiting import until
from tests.support.stored.runs import train_events

WALK = Path(__file__).parents[3] / "docs" / "first-walk.md"
MOST_KEYS = 3


def keys_to(step: str) -> list[str]:
    """The keys that the walk's table has for a step."""
    row = next(line for line in WALK.read_text("utf-8").splitlines() if f"| {step}" in line)
    return re.findall(r"`([^`]+)`", row.split("|")[2])


async def test_the_first_screen_names_the_keys_of_a_first_training(workbench: Workbench) -> None:
    keys = keys_to("train a first network")
    assert len(keys) <= MOST_KEYS
    async with workbench.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: f"To begin: {' then '.join(keys)} trains" in flat(workbench))
        await pilot.press(*keys)
        run = await stored_run(pilot)
        assert run.kind == "train"
        report(workbench.home, run.id, train_events(20, 20))
        await until(pilot, lambda: "finished" in flat(workbench))
        # it has served
        await pilot.press("1")
        await until(pilot, lambda: "To begin" not in flat(workbench))
        assert not workbench.screen.query_one(FirstSteps).display


async def test_a_first_search_takes_two_keys_and_asks_nothing(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "To begin" in flat(workbench))
        await pilot.press(*keys_to("search for better settings"))
        assert (await stored_run(pilot)).kind == "random_search"
