"""Where trials are trained, chosen in the palette: who works there, and how long the form takes."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from engine.errors import EngineError
from engine.results.cluster import ClusterState, WorkerGroup
from engine.specs.kinds.cluster_state import ClusterQuestion
from penguin_tui.app.cluster import ClusterDialog, choose_cluster
from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.cluster_pane import ClusterPane
from penguin_tui.screens.data import DataScreen
from penguin_tui.screens.evaluate import EvaluateScreen
from penguin_tui.screens.runs.screen import RunsScreen
from tests.support.screen.answered_queries import answer_at_once
from tests.support.screen.form_and_run import form_screen
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.evaluations import EVALUATION, evaluation_events
from tests.support.stored.runs import Stored

ADDRESS = "tcp://127.0.0.1:8786"
FOUND = ClusterState(
    address=ADDRESS,
    groups=(
        WorkerGroup(host="near", cpu="Xeon", workers=4, threads=4, same_processor=True),
        WorkerGroup(host="far", cpu="Epyc", workers=8, threads=8, same_processor=False),
    ),
)


@pytest.fixture(autouse=True)
def cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    # how long it takes there depends on the threads here
    monkeypatch.setenv("PENGUIN_TUI_THREADS", "2")
    monkeypatch.setattr("engine.cluster.state.run", lambda question, reporter: FOUND)
    answer_at_once(monkeypatch, "cluster")


async def asked(pilot: Pilot[None], workbench: Workbench) -> None:
    workbench.cluster = ADDRESS
    choose_cluster(workbench)
    await until(pilot, lambda: isinstance(workbench.screen, ClusterDialog))
    await until(pilot, lambda: "12 workers, 12 threads" in seen(workbench))


async def test_anywhere_it_says_who_works_there(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        await asked(pilot, workbench)
        assert "far has another processor (Epyc)" in seen(workbench)
        # no run is meant
        assert "How long" not in flat(workbench)


async def test_many_hosts_in_the_smallest_terminal_leave_room_for_times_and_keys(
    workbench: Workbench, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored("evaluate", EVALUATION, evaluation_events())
    hosts = tuple(
        WorkerGroup(host=f"node{n}.example", cpu="Epyc", workers=3, threads=3, same_processor=False)
        for n in range(4)
    )
    many = ClusterState(address=ADDRESS, groups=hosts)
    monkeypatch.setattr("engine.cluster.state.run", lambda question, reporter: many)
    async with workbench.run_test(size=(60, 18)) as pilot:
        screen = await form_screen(pilot, EvaluateScreen)
        screen.form.load(screen.form.fields | EVALUATION | {"repeats": 200})
        # how long it takes here is known, though it is not in view
        await until(pilot, lambda: screen.query_one(ClusterPane).here is not None)
        await asked(pilot, workbench)
        await until(pilot, lambda: " there, " in flat(workbench))
        assert "node0.example, node1.example" in flat(workbench)
        assert "enter saves" in seen(workbench)
        # nothing of the dialog that was left is looked at any more
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, EvaluateScreen))
        watched = [watch.target for watch in workbench.follower._watches]
        assert all(pane.is_attached for pane in watched if isinstance(pane, ClusterPane))


async def test_why_nobody_can_be_asked_is_said(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(question: ClusterQuestion, reporter: object) -> ClusterState:
        raise EngineError(f"The scheduler {ADDRESS} cannot be reached: no answer.", "Start it.")

    monkeypatch.setattr("engine.cluster.state.run", refused)
    async with workbench.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(workbench.screen, DataScreen))
        workbench.cluster = ADDRESS
        choose_cluster(workbench)
        await until(pilot, lambda: "cannot be reached" in seen(workbench))
        assert "Start it." in seen(workbench)


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
def test_looks(
    snap_compare: Callable[..., bool],
    workbench: Workbench,
    stored: Stored,
    size: tuple[int, int],
) -> None:
    stored("evaluate", EVALUATION, evaluation_events())

    async def before(pilot: Pilot[None]) -> None:
        screen = await form_screen(pilot, EvaluateScreen)
        screen.form.load(screen.form.fields | EVALUATION | {"repeats": 200})
        await until(pilot, lambda: "about" in seen(workbench))
        await asked(pilot, workbench)
        await until(pilot, lambda: " there, " in flat(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
