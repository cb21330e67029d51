"""A run as it is shown: live, finished, and ended in every other way."""

import math
from array import array
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from seen import flat, seen, settled
from stored import NOW, Stored, baseline_events, epochs, train_events, until
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from engine.events import DataReady, Ended, EpochBlock, Event, Note
from engine.specs import make_spec
from engine.state import RunState, fold
from engine.store import RunRecord, Store
from engine.store.writer import RunWriter
from penguin_tui.app import Workbench
from penguin_tui.screens.run import RunScreen
from penguin_tui.screens.runs import RunsScreen
from penguin_tui.widgets.curves import curve_series
from penguin_tui.widgets.log_pane import LogPane
from penguin_tui.widgets.run_view import RunView

SIZES = [(80, 24), (140, 45)]
NASTY = "[red]\x1b[31mred[/] \u202eevil"


async def opened(pilot: Pilot[None], run: int, words: str) -> RunScreen:
    """Open a run and wait for what is to be seen of it."""
    app = pilot.app
    assert isinstance(app, Workbench)
    await pilot.press("6")
    await until(pilot, lambda: isinstance(app.screen, RunsScreen))
    await app.open_run(run)
    await until(pilot, lambda: isinstance(app.screen, RunScreen))
    await until(pilot, lambda: words in flat(app))
    screen = app.screen
    assert isinstance(screen, RunScreen)
    return screen


def bad_end(status: Any, message: str, hint: str = "", done: int = 4) -> list[Event]:
    """A training that ended without a result."""
    return [
        *train_events(done, 20, finished=False),
        Ended(at=NOW - 590, status=status, message=message, hint=hint),
    ]


async def test_a_live_run_shows_progress_speed_and_time_left(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(12, 20, finished=False), status="running")
    async with workbench.run_test(size=(140, 45)) as pilot:
        await opened(pilot, run, "epoch 12 of 20")
        assert "20.0 epochs/s" in seen(workbench)
        assert "0.4 s left" in seen(workbench)
        await until(pilot, lambda: "Learning rate" in seen(workbench) and "┤" in seen(workbench))
        # Keras's figures of every epoch stand beside the charts
        await until(pilot, lambda: "0.1853" in seen(workbench))


async def test_a_finished_run_shows_intervals_and_how_often_the_test_part_was_scored(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    stored("baseline", {}, baseline_events())
    async with workbench.run_test(size=(140, 45)) as pilot:
        await opened(pilot, run, "finished")
        assert "training 98.1 % (95.1–99.2)" in seen(workbench)
        assert "validation 97.1 % (90.0–99.2)" in seen(workbench)
        assert "test 97.1 % (89.9–99.2)" in seen(workbench)
        assert "test part scored 2 times" in seen(workbench)
        assert "11,103 parameters" in seen(workbench)
        assert "not comparable" not in seen(workbench)


async def test_figures_of_the_published_way_are_marked(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"protocol": "as_published", "epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "As published: leaks, not comparable")
        await pilot.press("u")
        await until(pilot, lambda: "do not compare with strict figures" in flat(workbench))


@pytest.mark.parametrize(
    ("status", "message", "hint", "advice"),
    [
        ("diverged", "The loss was no longer a number in epoch 5.", "", "lower learning rate"),
        ("failed", "There is not enough memory.", "Try fewer units.", "Try fewer units."),
        ("failed", "Something unforeseen went wrong.", "", "penguin-tui engine log"),
        ("lost", "The engine's process has gone.", "", "has to be run again"),
        ("interrupted", "The engine was asked to end.", "", "has to be run again"),
        ("stopped", "Stopped before there was a result.", "", "loads its settings"),
    ],
)
async def test_a_run_that_ended_badly_says_why_and_what_to_do(
    workbench: Workbench, stored: Stored, status: str, message: str, hint: str, advice: str
) -> None:
    run = stored("train", {"epochs": 20}, bad_end(status, message, hint))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, message)
        assert status in seen(workbench)
        assert advice in flat(workbench)
        assert "g runs it again, l loads its settings into the form." in flat(workbench)


async def test_a_run_that_failed_at_once_opens_on_its_log(
    workbench: Workbench, stored: Stored
) -> None:
    events: list[Event] = [
        Note(at=NOW - 599, level="warning", text="Column id looks like a number of rows."),
        Ended(at=NOW - 598, status="failed", message="data.csv: line 3 has 4 cells.", hint="Mend."),
    ]
    run = stored("train", {}, events)
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "line 3 has 4 cells")
        await until(pilot, lambda: "! Column id looks like" in seen(workbench))
        assert "failed. data.csv" in seen(workbench)


async def test_a_waiting_run_says_so(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 20})
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "waiting for its turn")
        await until(pilot, lambda: "The first epoch will be drawn here." in seen(workbench))
        await pilot.press("x")
        await until(pilot, lambda: "no result yet" in seen(workbench).lower())


async def test_every_tab_shows_its_part(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "finished")
        for key, words in (
            ("o", "epoch loss acc val loss val acc rate seconds"),
            ("u", "part rows accuracy (95 % interval) macro F1 log loss"),
            ("x", "Confusion matrix, test part"),
            ("w", "171 test Chinstrap Adelie 81.0 %"),
            ("a", "hidden_2 100 10,100"),
            ("c", "Accuracy"),
        ):
            await pilot.press(key)
            await until(pilot, lambda words=words: words in flat(workbench))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "val acc" in seen(workbench))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "Loss" in seen(workbench))


async def test_the_summary_tells_what_took_effect(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 20, "learning_rate": 0.2}, train_events(20, 20))
    async with workbench.run_test(size=(140, 60)) as pilot:
        await opened(pilot, run, "finished")
        await pilot.press("u")
        await until(pilot, lambda: "What took effect" in seen(workbench))
        assert "206 train, 69 validation, 69 test" in seen(workbench)
        assert "steps in an epoch 13" in flat(workbench)
        assert "Learning rate 0.2" in flat(workbench)
        assert "Chinstrap 92.9 % 92.9 % 0.929 14" in flat(workbench)


async def test_the_part_of_the_confusion_matrix_is_switched_and_kept(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "finished")
        await pilot.press("x")
        await until(pilot, lambda: "test part" in seen(workbench))
        assert "scored 1 time" in seen(workbench)
        await pilot.press("p")
        await until(pilot, lambda: "matrix, training part" in seen(workbench))
        await pilot.press("u", "x")
        await until(pilot, lambda: "matrix, training part" in seen(workbench))


async def test_stop_pause_and_going_on_are_asked_of_the_engine(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(3, 20, finished=False), status="running")

    def asked() -> list[str]:
        with Store.open(workbench.home) as store:
            return [str(request.what) for request in store.open_requests()]

    def set_status(status: str) -> None:
        with Store.open(workbench.home) as store, store.writing() as connection:
            connection.execute("UPDATE runs SET status = ? WHERE id = ?", (status, run))

    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "epoch 3 of 20")
        await pilot.press("p")
        await until(pilot, lambda: asked() == ["pause"])
        set_status("paused")
        await until(pilot, lambda: "paused · p goes on" in seen(workbench))
        await pilot.press("p")
        await until(pilot, lambda: asked() == ["pause", "resume"])
        await pilot.press("s")
        await until(pilot, lambda: asked() == ["pause", "resume", "stop"])
        set_status("stopping")
        await until(pilot, lambda: "stopping" in seen(workbench))
        await pilot.press("s")
        await pilot.pause(0.2)
        assert asked() == ["pause", "resume", "stop"]


async def test_run_again_submits_the_same_settings_and_shows_the_new_run(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 17}, train_events(17, 17))
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, run, "finished")
        await pilot.press("g")
        await until(pilot, lambda: "waiting for its turn" in seen(workbench))
        with Store.open(workbench.home) as store:
            newest = store.runs()[0]
            assert newest.id == screen.run_id != run
            assert newest.spec == store.run(run).spec
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(workbench.screen, RunScreen))


async def test_other_charts_where_only_two_fit(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, run, "finished")
        await until(pilot, lambda: "Accuracy" in seen(workbench))
        assert "Learning rate" not in seen(workbench)
        await pilot.press("c", "v")
        await until(pilot, lambda: "Learning rate" in seen(workbench))
        assert screen.view.tab == "curves"
        await pilot.resize_terminal(140, 45)
        await until(
            pilot, lambda: all(w in seen(workbench) for w in ("Accuracy", "Loss", "Learning rate"))
        )


async def test_what_happens_behind_another_screen_is_seen_on_coming_back(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(3, 20, finished=False), status="running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "epoch 3 of 20")
        await pilot.press("4")
        await until(pilot, lambda: not isinstance(workbench.screen, RunScreen))
        with Store.open(workbench.home) as store, store.writing() as connection:
            RunWriter(store.run(run)).write(connection, [epochs(11)])
        await pilot.pause(0.5)
        await pilot.press("6")
        await until(pilot, lambda: "epoch 11 of 20" in seen(workbench))


# -- without a store -------------------------------------------------------------------------------


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
        id=7, parent=None, priority=0, kind=kind, name="", note="", status="running",
        spec_json=spec.model_dump_json(), data="penguins", target="species",
        protocol=spec.protocol, created=NOW, started=NOW, ended=None, acknowledged=None,
        message="", hint="", epochs_planned=getattr(spec, "epochs", None), epochs_run=0,
        parameters=None, best_val_accuracy=None, metrics_json="{}", sealed_part=None,
        data_sha256=None, provenance_json="{}", last_event=0, test_scorings=0,
    )  # fmt: skip
    return replace(made, **changes)


async def test_text_from_files_and_people_is_never_obeyed() -> None:
    app = ViewApp()
    state = fold(
        RunState(),
        [
            DataReady(features=(NASTY,), classes=(NASTY, "b"), parts={"train": 10}),
            Note(at=NOW, level="warning", text=NASTY),
            Ended(at=NOW, status="failed", message=NASTY, hint=NASTY),
        ],
    )
    record = row(status="failed", name=NASTY, note=NASTY, message=NASTY, hint=NASTY, target=NASTY)
    async with app.run_test(size=(140, 45)) as pilot:
        app.view.show(record, state)
        for key in ("o", "u", "x", "w", "a"):
            app.view.focus()
            await pilot.press(key)
            await pilot.pause(0.1)
            assert "[red]␛[31mred[/] <202E>evil" in seen(app)
            assert "\x1b" not in seen(app)
            assert "\u202e" not in seen(app)


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
        assert [series.name for series in curve_series(state, "accuracy")] == ["training"]


async def test_a_hundred_thousand_epochs_scroll_to_their_end() -> None:
    app = ViewApp()
    state = fold(RunState(), [epochs(100_000)])
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(row(fields={"epochs": 100_000}), state)
        await pilot.pause()
        app.view.focus()
        await pilot.press("o")
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
        await pilot.press("o")
        log = app.query_one(LogPane)
        await until(pilot, lambda: "    100 " in log.shown_text())
        app.view.show(record, fold(RunState(), [epochs(200)]))
        await until(pilot, lambda: "    200 " in log.shown_text())
        await pilot.press("home")
        await until(pilot, lambda: "      1 " in log.shown_text())
        app.view.show(record, fold(RunState(), [epochs(300)]))
        await pilot.pause(0.3)
        assert "      1 " in log.shown_text()
        assert "    300 " not in log.shown_text()


async def test_a_slow_terminal_gets_no_charts_but_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keeps_up = False
    monkeypatch.setattr("penguin_tui.pace.ready", lambda app: keeps_up)
    app = ViewApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(row(), fold(RunState(), [epochs(5)]))
        await pilot.pause(0.5)
        assert "┤" not in seen(app)
        keeps_up = True
        await until(pilot, lambda: "┤" in seen(app))
        keeps_up = False
        # a run that has ended is drawn in any case
        app.view.show(row(status="stopped", epochs_run=9), fold(RunState(), [epochs(9)]))
        await until(pilot, lambda: "train 84.6 %" in seen(app))


# -- as it looks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "state", ["empty", "live", "finished", "as_published", "failed", "diverged", "confusion"]
)
def test_looks(
    snap_compare: Callable[..., bool],
    workbench: Workbench,
    stored: Stored,
    size: tuple[int, int],
    state: str,
) -> None:
    fields: dict[str, Any] = {"epochs": 20}
    match state:
        case "empty":
            run, words = stored("train", fields), "waiting for its turn"
        case "live":
            events = train_events(12, 20, finished=False)
            run, words = stored("train", fields, events, status="running"), "epoch 12 of 20"
        case "failed":
            events = bad_end("failed", "data.csv: line 3 has 4 cells instead of 3.", "Mend it.", 1)
            run, words = stored("train", fields, [*events[:2], events[-1]]), "line 3"
        case "diverged":
            events = bad_end("diverged", "The loss was no longer a number in epoch 5.")
            run, words = stored("train", fields, events), "no longer a number"
        case _:
            protocol = "as_published" if state == "as_published" else "strict"
            events = train_events(20, 20, at=NOW - 590)
            run = stored("train", fields | {"protocol": protocol}, events, name="post's network")
            words = "finished"

    async def before(pilot: Pilot[None]) -> None:
        await opened(pilot, run, words)
        if state == "confusion":
            await pilot.press("x")
            await until(pilot, lambda: "actual" in seen(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
