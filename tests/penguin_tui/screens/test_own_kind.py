"""A kind of run that only the tests know, on screen: listed, opened, shown, resumed."""

import pytest

from engine.kinds import KINDS
from engine.runs.events import Ended, Finished, Phase
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.run import RunScreen
from penguin_tui.screens.runs.screen import RunsScreen
from tests.support.engine import own_kind
from tests.support.screen.form_and_run import requested
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import until
from tests.support.stored.runs import NOW, Stored


async def test_a_kind_without_an_entry_shows_its_summary_and_its_log(
    workbench: Workbench, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, kind in own_kind.KINDS.items():
        monkeypatch.setitem(KINDS, name, kind)
    result = own_kind.CountResult(counted=5, resumed_at=0)
    ended = [Phase(name="counting"), Finished(result=result), Ended(at=NOW, status="finished")]
    stored("count", {"upto": 5}, ended, name="five")
    stored("count", {"upto": 9}, [Phase(name="counting")], status="interrupted", name="nine")
    async with workbench.run_test(size=(100, 30)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        await until(pilot, lambda: "five" in seen(workbench) and "nine" in seen(workbench))
        table = workbench.screen.query_one("RunsTable")
        assert {record.kind for record in table.items} == {"count"}
        table.move_to([record.name for record in table.items].index("five"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(workbench.screen, RunScreen))
        await until(pilot, lambda: "S Summary" in seen(workbench) and "upto" in seen(workbench))
        assert "L Log" in seen(workbench)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        table.move_to([record.name for record in table.items].index("nine"))
        await until(pilot, lambda: "nine" in flat(workbench))
        await pilot.press("p")
        await requested(pilot, "resume")
