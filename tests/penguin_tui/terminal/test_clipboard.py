"""What can be copied, by key and with the mouse, and how it gets to the person's own machine."""

import base64
import shlex
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable

from engine.kinds import make_spec
from engine.specs.presets import TRAIN_PRESETS
from penguin_tui.app.workbench import Workbench
from penguin_tui.cli.spec_source import Typed, build_spec
from penguin_tui.forms.run_command import run_command
from penguin_tui.run.log_pane import LogPane
from penguin_tui.screens.train import TrainScreen
from penguin_tui.terminal import clipboard
from penguin_tui.terminal.gate import passes
from tests.support.screen.data_screen import Remember, data_screen
from tests.support.screen.form_and_run import form_screen, open_run, run_shown
from tests.support.screen.text import seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.descriptions import penguins
from tests.support.stored.runs import Stored, train_events
from tests.support.stored.searches import RANDOM


async def copied(pilot: Pilot[None], key: str = "c") -> str:
    """What is in the clipboard after a key."""
    app = pilot.app
    app._clipboard = ""
    await pilot.press(key)
    return await until(pilot, lambda: app.clipboard)


def test_it_goes_through_tmux_and_screen_to_the_terminal_around_them() -> None:
    sent = base64.b64encode(b"text").decode()
    tmux = clipboard.wrapped("text", {"TERM": "screen", "TMUX": "x"})
    assert tmux == f"\x1bPtmux;\x1b\x1b]52;c;{sent}\x07\x1b\\"
    assert clipboard.wrapped("text", {"TERM": "tmux-256color"}) == tmux
    assert clipboard.wrapped("text", {"TERM": "screen"}) == f"\x1bP\x1b]52;c;{sent}\x07\x1b\\"
    assert clipboard.wrapped("text", {"TERM": "xterm"}) == ""
    assert passes(tmux)
    assert passes(clipboard.wrapped("text", {"TERM": "screen"}))


async def test_what_is_too_long_for_a_terminal_is_said_and_not_cut(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await form_screen(pilot, TrainScreen)
        workbench.copy_to_clipboard("x" * clipboard.LONGEST)
        told = workbench._notifications
        await until(pilot, lambda: any("too long for a terminal" in n.message for n in told))
        assert workbench.clipboard == ""


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("train", {}),
        *(("train", fields) for fields in TRAIN_PRESETS.values()),
        ("train", {"data": "my data.csv", "target": "it's", "exclude": ["a,b", "c"]}),
        ("random_search", RANDOM),
        ("baseline", {"max_iterations": 50}),
    ],
)
def test_the_command_of_a_run_runs_the_same(kind: str, fields: dict[str, Any]) -> None:
    spec = make_spec(kind, fields)
    program, run, name, *options = shlex.split(run_command(spec))
    assert (program, run, name) == ("penguin-tui", "run", kind)
    typed = [
        Typed(option.removeprefix("--"), text)
        for option, text in zip(options[::2], options[1::2], strict=True)
    ]
    assert build_spec(kind, typed) == spec


async def test_c_copies_the_value_the_row_or_the_command(
    workbench: Workbench, stored: Stored, remember: Remember
) -> None:
    remember(penguins())
    run = stored("train", {"epochs": 20, "batch_size": 8}, train_events(20, 20))
    async with workbench.run_test(size=(140, 45)) as pilot:
        await data_screen(pilot, "344 rows")
        assert (await copied(pilot)).startswith("bill_length_mm,numeric,2,")
        screen = await form_screen(pilot, TrainScreen)
        screen.form.enter("hidden_layers")
        await pilot.press("escape")
        assert await copied(pilot) == "100, 100"
        await open_run(pilot, run, "finished")
        # the chart under the cursor, else the run
        assert await copied(pilot) == "penguin-tui run train --set batch_size=8"
        await pilot.press("end")
        assert (await copied(pilot)).startswith("20,")
        await pilot.press("N")
        await until(pilot, lambda: bool(workbench.screen.query(DataTable)))
        await settled(pilot)
        assert "," in await copied(pilot)
        await pilot.press("escape", "6")
        await until(pilot, lambda: "▼" in seen(workbench))
        assert (await copied(pilot)).startswith("penguin-tui run train")


async def test_the_mouse_selects_in_logs_tables_summaries_bars_and_forms(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with run_shown(workbench, run, "finished", size=(100, 30)) as pilot:
        await pilot.press("L")
        await until(pilot, lambda: bool(workbench.screen.query(LogPane)))
        await settled(pilot)
        log = next(pane for pane in workbench.screen.query(LogPane) if pane.is_on_screen)
        first = log.content_line(log.scroll_offset.y + 2).text
        await drag(pilot, log, (1, 2), (30, 3))
        lines = (await copied(pilot, "ctrl+c")).splitlines()
        assert len(lines) == 2
        assert lines[0] in first
        for selector, key in (("Summary Static", "S"), ("StatusLine", "S"), ("#tabs", "S")):
            await pilot.press(key)
            await settled(pilot)
            widget = next(w for w in workbench.screen.query(selector) if w.is_on_screen)
            await drag(pilot, widget, (2, 0), (12, 0))
            assert len(await copied(pilot, "ctrl+c")) >= 4
        await pilot.press("N")
        await settled(pilot)
        await drag(pilot, workbench.screen.query_one("TablePane DataTable"), (2, 1), (8, 2))
        assert (await copied(pilot, "ctrl+c")).count("\n") == 1
        await form_screen(pilot, TrainScreen)
        await drag(pilot, workbench.screen.query_one("FormFields"), (1, 1), (30, 1))
        assert "Hidden layers" in await copied(pilot, "ctrl+c")


async def drag(pilot: Pilot[None], widget: Any, start: Any, end: Any) -> None:
    """Select with the mouse."""
    await pilot.mouse_down(widget, offset=start)
    await pilot.hover(widget, offset=end)
    await pilot.mouse_up(widget, offset=end)
    await pilot.pause()
