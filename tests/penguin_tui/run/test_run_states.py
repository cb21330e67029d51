"""The view of a run given states by hand: hostile text, odd figures, many epochs, slow lines."""

import asyncio
import math
import re
from array import array
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from engine.kinds import make_spec
from engine.runs.events import DataReady, Ended, EpochBlock, Note
from engine.runs.figures import FIGURES
from engine.runs.state import Curve, RunState, fold
from engine.store.records import RunRecord
from penguin_tui.run import live_pane
from penguin_tui.run.curves import curve_series
from penguin_tui.run.log_pane import LogPane, _epoch
from penguin_tui.screens.run_view import RunView
from tests.support.screen.text import seen
from tests.support.screen.waiting import until
from tests.support.stored.runs import NOW, epochs

NASTY = "[red]\x1b[31mred[/] \u202eevil"


class ViewApp(App[None]):
    """The view alone, given states by hand."""

    def compose(self) -> ComposeResult:
        yield RunView()

    @property
    def view(self) -> RunView:
        return self.query_one(RunView)


def row(kind: str = "train", **changes: Any) -> RunRecord:
    """A run's row as the store would give it."""
    spec = make_spec(kind, changes.pop("fields", {}))
    made = RunRecord(
        id=7, kind=kind, name="", note="", status="running",
        spec_json=spec.model_dump_json(), data="penguins", target="species",
        protocol=spec.protocol, created=NOW, started=NOW, ended=None, worked=None,
        since=None, deleted=None, acknowledged=None,
        message="", hint="", epochs_planned=getattr(spec, "epochs", None), epochs_run=0,
        parameters=None, best_epoch_val_accuracy=None, metrics_json="{}", test_set_id=None,
        data_sha256=None, test_data_sha256=None, provenance_json="{}", decision_rule_json=None,
        cluster_text="", last_event=0, baseline_accuracy=None, tags_text="",
        test_evaluations=0,
    )  # fmt: skip
    return replace(made, **changes)


async def test_text_from_files_and_people_is_never_obeyed() -> None:
    app = ViewApp()
    state = fold(
        RunState(),
        [
            DataReady(features=(NASTY,), classes=(NASTY, "b"), split_rows={"train": 10}),
            Note(at=NOW, level="warning", text=NASTY),
            Ended(at=NOW, status="failed", message=NASTY, hint=NASTY),
        ],
    )
    record = row(status="failed", name=NASTY, note=NASTY, message=NASTY, hint=NASTY, target=NASTY)
    async with app.run_test(size=(140, 45)) as pilot:
        app.view.show(record, state)
        for key in ("L", "S", "M", "E", "N"):
            app.view.focus()
            await pilot.press(key)
            await until(pilot, lambda: "[red]␛[31mred[/] \ufffdevil" in seen(app))


async def test_not_a_number_and_infinity_are_shown_not_raised() -> None:
    app = ViewApp()
    block = EpochBlock(0, 1, tuple(
        array("d", values) for values in (
            (0.5, math.inf, math.nan), (0.5, 0.4, math.nan), (math.nan,) * 3, (math.nan,) * 3,
            (0.001,) * 3, (0.1,) * 3,
        )
    ))  # fmt: skip
    state = fold(RunState(), [block])
    async with app.run_test(size=(140, 45)) as pilot:
        app.view.show(row(), state)
        await until(pilot, lambda: "∞" in seen(app))
        named = [series.name for series in curve_series(state.curve, "accuracy")]
        assert named == ["training (running mean)"]


@given(st.floats(0, width=32), st.floats(0, 1))
def test_figures_of_the_log_never_run_together(value: float, fraction: float) -> None:
    values = [fraction if one.is_fraction else value for one in FIGURES]
    block = EpochBlock(0, 123_456, tuple(array("d", [own]) for own in values))
    row = _epoch(Curve().add(block), 123_456, 78)
    assert len(re.split(" {2,}", row.strip())) == 7


async def test_a_hundred_thousand_epochs_scroll_to_their_end() -> None:
    app = ViewApp()
    state = fold(RunState(), [epochs(100_000)])
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(row(fields={"epochs": 100_000}), state)
        await pilot.pause()
        app.view.focus()
        await pilot.press("L")
        await until(pilot, lambda: "100,000 " in app.query_one(LogPane).shown_text())
        await pilot.press("home")
        await until(pilot, lambda: "      1 " in app.query_one(LogPane).shown_text())


async def test_the_log_follows_the_newest_epoch_until_somebody_scrolls_up() -> None:
    app = ViewApp()
    record = row(fields={"epochs": 500})
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(record, fold(RunState(), [epochs(100)]))
        await pilot.pause()
        app.view.focus()
        await pilot.press("L")
        log = app.query_one(LogPane)
        await until(pilot, lambda: "    100 " in log.shown_text())
        app.view.show(record, fold(RunState(), [epochs(200)]))
        await until(pilot, lambda: "    200 " in log.shown_text())
        await pilot.press("home")
        await until(pilot, lambda: "      1 " in log.shown_text())
        app.view.show(record, fold(RunState(), [epochs(300)]))
        await pilot.pause()
        assert "      1 " in log.shown_text()
        assert "    300 " not in log.shown_text()


async def test_a_slow_terminal_gets_no_charts_but_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keeps_up, refused = False, asyncio.Semaphore(0)

    def ready(app: App[Any]) -> bool:
        if not keeps_up:
            refused.release()
        return keeps_up

    monkeypatch.setattr("penguin_tui.terminal.flow_control.ready", ready)
    app = ViewApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(row(), fold(RunState(), [epochs(5)]))
        for _ in range(4):
            await refused.acquire()
        assert "┤" not in seen(app)
        keeps_up = True
        await until(pilot, lambda: "┤" in seen(app))
        keeps_up = False
        # a run that has ended is drawn in any case
        app.view.show(row(status="stopped", epochs_run=9), fold(RunState(), [epochs(9)]))
        await until(pilot, lambda: "running 84.6 %" in seen(app))


async def test_an_opened_run_is_drawn_without_waiting_for_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_pane, "TICK_SECONDS", 3600.0)
    count = 100_000
    values = array("d", [1.0 / epoch for epoch in range(1, count + 1)])
    block = EpochBlock(0, 1, (values,) * 6)
    state = fold(RunState(), [block, Ended(at=NOW, status="finished")])
    record = row(status="finished", epochs_run=count, fields={"epochs": count})
    app = ViewApp()
    async with app.run_test(size=(140, 45)) as pilot:
        app.view.show(record, state)
        # three charts, and the end of the log beside them
        await until(pilot, lambda: seen(app).count("100,000") >= 4)
        await until(pilot, lambda: "99,999" in seen(app))


async def test_a_run_of_another_version_is_shown_as_far_as_it_can_be_read() -> None:
    app = ViewApp()
    state = fold(RunState(), [Note(at=NOW, level="info", text="counted to 3")])
    record = row(status="finished", spec_json='{"kind": "unheard_of", "data": "penguins"}')
    async with app.run_test(size=(100, 30)) as pilot:
        app.view.show(replace(record, kind="unheard_of", ended=NOW), state)
        await until(pilot, lambda: "counted to 3" in seen(app))
        assert "This version cannot read its settings" in seen(app)
        assert "unheard_of" in seen(app)
