"""What the screens with a form have in common: submit, show the run, take settings back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from engine.kinds import make_spec
from engine.runs.events import Event
from engine.specs.kinds.train import TrainSpec
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.run.curves import Curves
from penguin_tui.screens.baseline import BaselineScreen
from penguin_tui.screens.form_and_run import FormAndRunScreen
from penguin_tui.screens.search import SearchScreen
from penguin_tui.screens.sweep import SweepScreen
from penguin_tui.screens.train import TrainScreen
from tests.support.screen.form_and_run import (
    SIZES,
    form_screen,
    report,
    requested,
    run_shown,
    submitted,
)
from tests.support.screen.text import flat
from tests.support.screen.waiting import at_rest, settled, until
from tests.support.stored.hyperband import HYPERBAND, hyperband_events
from tests.support.stored.runs import Stored, baseline_events, train_events
from tests.support.stored.searches import RANDOM, candidate, search_events
from tests.support.stored.sweeps import SWEEP, sweep_events

SMALL, LARGE = SIZES


@dataclass(frozen=True)
class Form:
    """A kind of run, settings of it, and what is read of it while it runs and at its end."""

    screen: type[FormAndRunScreen]
    kind: str
    fields: dict[str, Any]
    begun: list[Event]
    events: list[Event]
    live: tuple[str, ...]
    finished: tuple[str, ...]
    size: tuple[int, int] = LARGE


FORMS = [
    Form(
        BaselineScreen, "baseline", {"max_iterations": 50, "split_seed": 4},
        baseline_events()[:3], baseline_events(),
        ("fitting",), ("finished after", "test 97.1 % (89.9–99.2)"), SMALL,
    ),
    Form(
        TrainScreen, "train",
        {"epochs": 30, "hidden_layers": [8], "learning_rate": 0.0057312345678901},
        train_events(12, 30, finished=False), train_events(30, 30),
        ("epoch 12 of 30", "20.0 epochs/s", "0.9 s left", "Accuracy"), ("finished",), SMALL,
    ),
    Form(
        SweepScreen, "sweep", SWEEP, sweep_events(done=23), sweep_events(),
        # 117 epochs in the 60 seconds since the plan
        ("training 23 of 50", "epoch 117 of 250", "1.9 epochs/s, 27 s to 1 min 08 s left",
         "Best so far: units 50", "5 of 10 values pending"),
        ("finished", "◆ chosen"),
    ),
    Form(
        SearchScreen, "random_search", RANDOM, search_events(done=7), search_events(),
        ("trial 7 of 12", "epoch 224 of 370", "5.0 s to 39 s left", "best so far 90.3 %",
         "skipped"),
        ("finished", "Best: learning rate 0.001705"),
    ),
    Form(
        SearchScreen, "hyperband", HYPERBAND, hyperband_events(done=14), hyperband_events(),
        ("trial 14 of 30",), ("finished", "Best: "),
    ),
]  # fmt: skip
every_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)


@every_form
async def test_from_the_form_over_the_live_run_to_its_result(
    workbench: Workbench, form: Form
) -> None:
    async with workbench.run_test(size=form.size) as pilot:
        screen = await form_screen(pilot, form.screen)
        screen.load(make_spec(form.kind, form.fields))
        record = await submitted(pilot)
        assert record.spec == make_spec(form.kind, form.fields)
        report(workbench.home, record.id, form.begun, "running")
        await until(pilot, lambda: all(words in flat(workbench) for words in form.live))
        report(workbench.home, record.id, form.events[len(form.begun) :])
        await until(pilot, lambda: all(words in flat(workbench) for words in form.finished))


@every_form
async def test_settings_of_a_stored_run_come_into_its_form(
    workbench: Workbench, stored: Stored, form: Form
) -> None:
    wanted = make_spec(form.kind, form.fields | {"split_seed": 9})
    run = stored(form.kind, form.fields | {"split_seed": 9}, form.events)
    async with run_shown(workbench, run, "finished", size=SMALL) as pilot:
        await pilot.press("l")
        screen = await until(
            pilot, lambda: isinstance(workbench.screen, form.screen) and workbench.screen
        )
        assert isinstance(screen, form.screen)
        await until(pilot, lambda: screen.form.reading.spec == wanted and not screen.view.display)


@pytest.mark.parametrize("form", FORMS[1:3], ids=lambda form: form.kind)
async def test_a_running_run_is_not_started_twice(workbench: Workbench, form: Form) -> None:
    async with workbench.run_test(size=form.size) as pilot:
        screen = await form_screen(pilot, form.screen)
        screen.load(make_spec(form.kind, form.fields))
        await submitted(pilot)
        await pilot.press("r", "r")
        await at_rest(pilot)
        with Store.open(workbench.home) as store:
            assert len(store.runs()) == 1


@pytest.mark.parametrize(
    ("kind", "fields", "events"),
    [("sweep", SWEEP, sweep_events(done=3)), ("random_search", RANDOM, search_events(done=7))],
)
async def test_skip_is_asked_for_one_trial_and_stop_for_all(
    workbench: Workbench, stored: Stored, kind: str, fields: dict[str, Any], events: list[Event]
) -> None:
    run = stored(kind, fields, events, status="running")
    async with run_shown(workbench, run, "epochs/s", size=SMALL) as pilot:
        # also while its table of trials or points has the focus
        await pilot.press(
            "T" if kind == "random_search" else "C", "down", "greater_than_sign", "enter"
        )
        await requested(pilot, "skip")
        await pilot.press("s")
        await requested(pilot, "skip", "stop")


@dataclass(frozen=True)
class Found:
    """Settings that a finished run has found, and the keys that take them into the Train form."""

    kind: str
    fields: dict[str, Any]
    events: list[Event]
    keys: tuple[str, ...]
    holds: Callable[[TrainSpec], bool]


FOUND = {
    "the value chosen by a sweep": Found(
        "sweep", SWEEP, sweep_events(), ("t",),
        lambda spec: (spec.hidden_layers, spec.epochs) == ((80, 80), 5),
    ),
    "the best of a search": Found(
        "random_search", RANDOM, search_events(), ("t",),
        lambda spec: (
            (spec.batch_size, spec.learning_rate, spec.epochs)
            == (32, candidate(11)["learning_rate"], 10)
        ),
    ),
    "any trial of a search": Found(
        "random_search", RANDOM, search_events(), ("T", "down", "enter"),
        lambda spec: spec.learning_rate == candidate(9)["learning_rate"],
    ),
    # the first trial of the first rung, which had two epochs
    "a trial of a Hyperband as long as it was": Found(
        "hyperband", HYPERBAND, hyperband_events(), ("B", "down", "down", "enter"),
        lambda spec: (spec.hidden_layers, spec.dropout, spec.epochs) == ((208, 208), 0.2, 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("found", FOUND.values(), ids=FOUND)
async def test_what_was_found_comes_into_the_train_form(
    workbench: Workbench, stored: Stored, found: Found
) -> None:
    run = stored(found.kind, found.fields, found.events)
    async with run_shown(workbench, run, "finished") as pilot:
        for key in found.keys:
            await settled(pilot)
            await pilot.press(key)
        await until(pilot, lambda: isinstance(workbench.screen, TrainScreen))
        screen = workbench.screen
        assert isinstance(screen, TrainScreen)
        await until(
            pilot,
            lambda: isinstance(spec := screen.form.reading.spec, TrainSpec) and found.holds(spec),
        )


async def test_what_the_next_run_is_shown_in_is_made_while_the_form_rests(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("penguin_tui.screens.run_view.REST_SECONDS", 0.01)
    async with workbench.run_test(size=LARGE) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        await until(pilot, lambda: bool(screen.query(Curves)))
        first = screen.query_one(Curves)
        assert not first.is_on_screen
        await submitted(pilot)
        await until(pilot, lambda: first.is_on_screen)
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.query(Curves)) == 2)
        second = screen.query(Curves).last()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: second.is_on_screen)
        assert not first.is_attached, "nothing of a run stays for the next one"
