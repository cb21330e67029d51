"""A learning curve on the Evaluate screen: chosen by a key, drawn as it grows, and what it says."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from engine.kinds import make_spec
from engine.runs.events import Event
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.evaluate import EvaluateScreen
from tests.support.screen.form_and_run import SIZES, form_screen, open_run, report, submitted
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.curves import CURVE, curve_events
from tests.support.stored.evaluations import EVALUATION, evaluation_events
from tests.support.stored.runs import NOW, Stored


async def chosen(pilot: Pilot[None]) -> EvaluateScreen:
    screen = await form_screen(pilot, EvaluateScreen)
    await pilot.press("right_square_bracket")
    await until(pilot, lambda: screen.kind == "learning_curve")
    return screen


async def test_a_key_chooses_the_kind_and_what_both_have_moves_along(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, EvaluateScreen)
        screen.form.load(screen.form.fields | {"epochs": 7, "repeats": 3})
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "10 sizes × 20 repeats" in flat(workbench))
        assert screen.form.fields["epochs"] == 7
        assert screen.form.fields["models"] == ("network", "logistic")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "5 folds × 3 repeats" in flat(workbench))


async def test_the_curve_is_drawn_while_it_runs_and_extrapolated_when_it_has_ended(
    workbench: Workbench,
) -> None:
    async with workbench.run_test(size=(110, 34)) as pilot:
        screen = await chosen(pilot)
        screen.form.load(screen.form.fields | CURVE)
        record = await submitted(pilot)
        assert record.spec == make_spec("learning_curve", CURVE)
        live = curve_events(2, ended=False)
        report(workbench.home, record.id, live, "running", NOW - 60)
        await until(pilot, lambda: "Accuracy over training rows, 2 repeats" in seen(workbench))
        assert "network with 220 rows" in flat(workbench)
        report(workbench.home, record.id, curve_events()[len(live) :], None, NOW - 60)
        await until(pilot, lambda: "6 repeats" in seen(workbench))
        await until(pilot, lambda: "network, 200 more rows: +1.0 pp (0 to 2.0)" in flat(workbench))
        assert "extrapolated" in seen(workbench)
        # to the largest measured size, and on into the extrapolation
        await pilot.press("right")
        await until(pilot, lambda: "220 rows: network" in flat(workbench))
        await pilot.press("shift+right", "shift+right")
        await until(pilot, lambda: "660 rows, extrapolated" in flat(workbench))
        await pilot.press("escape", "b")
        await until(pilot, lambda: "logistic regression 95 %" in flat(workbench))
        await pilot.press("V")
        await until(pilot, lambda: "training rows" in seen(workbench))
        assert "660 *" in flat(workbench)


async def test_a_stored_curve_goes_back_into_its_form(workbench: Workbench, stored: Stored) -> None:
    run = stored("learning_curve", CURVE | {"epochs": 9}, curve_events())
    async with workbench.run_test(size=(110, 34)) as pilot:
        await open_run(pilot, run, "200 more rows")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, EvaluateScreen))
        screen = pilot.app.screen
        assert isinstance(screen, EvaluateScreen)
        await until(pilot, lambda: screen.kind == "learning_curve")
        assert screen.form.fields.items() >= {"epochs": 9, "repeats": 6}.items()


@pytest.mark.parametrize(
    ("kind", "fields", "events", "said"),
    [
        ("learning_curve", CURVE, curve_events(), "about"),
        ("evaluate", EVALUATION, evaluation_events(), "at most about"),
    ],
)
async def test_the_form_says_what_it_will_cost(
    workbench: Workbench,
    stored: Stored,
    kind: str,
    fields: dict[str, object],
    events: list[Event],
    said: str,
) -> None:
    stored(kind, fields, events)
    async with workbench.run_test(size=(140, 45)) as pilot:
        await chosen(pilot)
        await until(pilot, lambda: "200 fits" in seen(workbench))
        await until(pilot, lambda: said in flat(workbench))


@pytest.mark.parametrize("size", [*SIZES, (200, 60)])
@pytest.mark.parametrize("state", ["empty", "live", "finished", "sizes"])
def test_looks(
    snap_compare: Callable[..., bool],
    workbench: Workbench,
    stored: Stored,
    size: tuple[int, int],
    state: str,
) -> None:
    live = state == "live"
    events = curve_events(3, ended=False) if live else curve_events()
    run = 0
    if state != "empty":
        run = stored("learning_curve", CURVE, events, status="running" if live else "finished")

    async def before(pilot: Pilot[None]) -> None:
        if state == "empty":
            await chosen(pilot)
            await until(pilot, lambda: "unknown" in seen(workbench) or size[0] < 100)
        else:
            await open_run(pilot, run, "Accuracy over training rows")
        if state == "sizes":
            await pilot.press("V")
            await until(pilot, lambda: "training rows " in seen(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
