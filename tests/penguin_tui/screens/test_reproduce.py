"""The reproduction of the post while it runs: how far it is, how long it takes, in 80 columns."""

from array import array
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from engine.results.reference import PARTS
from engine.runs.events import EpochBlock, Event, Phase, Plan, TrialEnded, TrialStarted
from penguin_tui.app.workbench import Workbench
from penguin_tui.run.block_panes import TextPane
from tests.support.screen.form_and_run import open_run
from tests.support.screen.text import flat
from tests.support.screen.waiting import settled, until
from tests.support.stored.runs import NOW, Stored

TRAIN = PARTS[1]


def events() -> list[Event]:
    """Ten of twenty networks of five epochs, of a second each, and one that is running."""
    found: list[Event] = [Plan(at=NOW - 60, trials=20, trainings=20, epochs=100)]
    for number in range(11):
        started = NOW - 60 + 5 * number
        settings = {"protocol": "as_published", "seed": number}
        found.append(Phase(name="no hidden layer (as published)"))
        found.append(TrialStarted(trial=number, at=started, settings=settings, epochs=5,
                                  group=TRAIN.name))  # fmt: skip
        if number == 10:
            break
        seconds = array("d", [1.0] * 5)
        found.append(EpochBlock(number * 128, 1, (*(array("d", [0.0] * 5),) * 5, seconds)))
        scores = {"test": (0.4 + number / 100,)}
        found.append(TrialEnded(trial=number, at=started + 5, status="finished", epochs=5,
                                effective_settings={}, scores=scores))  # fmt: skip
    return found


async def test_progress_and_time_left_are_shown_in_80_columns(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("reproduce", {}, events(), status="running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await open_run(pilot, run, "training 10 of 20", "epoch 50 of 100", "█", "s left")
        pane = screen.query_one(TextPane)
        await until(pilot, lambda: "10 done, running" in flat(workbench))
        # no row of the table goes on in the next line
        assert pane.virtual_size.width <= 80
        rows = [line.rstrip() for line in str(pane.query("Static").first().content).splitlines()]
        assert max(map(len, rows[:-1])) <= 78
        await pilot.resize_terminal(140, 45)
        await until(pilot, lambda: "no hidden layer 53.6 %" in flat(workbench))


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (140, 45)])
def test_looks(
    snap_compare: Callable[..., bool], workbench: Workbench, stored: Stored, size: tuple[int, int]
) -> None:
    run = stored("reproduce", {}, events(), status="running")

    async def before(pilot: Pilot[None]) -> None:
        await open_run(pilot, run, "10 done, running")
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
