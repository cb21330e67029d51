"""Runs that released versions stored are shown by the workbench of this one."""

from pathlib import Path

import pytest

from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.run import RunScreen
from tests.support.screen.text import flat
from tests.support.screen.waiting import until
from tests.support.stored.released_homes import RELEASES, copy_of
from tests.support.stored.runs import NOW


@pytest.mark.parametrize("release", RELEASES)
async def test_every_stored_run_is_shown(release: str, tmp_path: Path) -> None:
    home = copy_of(release, tmp_path / "released")
    with Store.open(home) as store:
        newest_of_each = {(run.kind, run.status): run.id for run in store.runs()}
    workbench = Workbench(home, engine=False, clock=lambda: NOW)
    async with workbench.run_test(size=(140, 45)) as pilot:
        await until(pilot, lambda: "Data" in flat(workbench))
        for run in newest_of_each.values():
            await workbench.open_run(run)
            await until(pilot, lambda run=run: f"Run {run}" in flat(workbench))
            assert isinstance(workbench.screen, RunScreen)
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(workbench.screen, RunScreen))
