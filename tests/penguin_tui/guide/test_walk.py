"""The guide from end to end with a real engine: what each step says is done, and its question."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from engine.kinds import KINDS
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.engine_link.bookmark import STEPS
from penguin_tui.guide.key_names import binding
from penguin_tui.guide.marking import QUESTIONS, SHOW, marked
from penguin_tui.guide.texts import step_text, words
from penguin_tui.guide.wording import PLACEHOLDER, preset_name
from penguin_tui.screens.form_and_run import FormAndRunScreen
from penguin_tui.screens.picker import ChoosingScreen
from tests.support.screen.text import flat
from tests.support.screen.waiting import at_rest, until

# as the steps say, but small: what they train shares one compiled program or two
SMALL = {
    "dropout": 0.0, "batch_size": 32, "epochs": 4,
    **dict.fromkeys(("kernel_l1", "kernel_l2", "activity_l1", "activity_l2"), 0.0),
}  # fmt: skip
QUICK: dict[str, dict[str, Any]] = {
    "sweep": {"vary": {"batch_size": {"values": [32, 64]}}, "repeats": 2},
    "random_search": {
        "vary": {"learning_rate": {"low": 0.001, "high": 0.011}}, "max_trials": 2, "folds": 2,
    },
    "grid_search": {"vary": {"learning_rate": {"values": [0.001, 0.005]}}, "folds": 2},
    "hyperband": {
        "vary": {"learning_rate": {"values": [0.001, 0.005]}}, "max_epochs": 2, "factor": 2,
    },
}  # fmt: skip
FEWER: dict[str, dict[str, Any]] = {
    "leaks": {"splits": 2, "tried": 2, "epochs": 4, "hidden_layers": [8, 8], "batch_size": 32},
    "evaluate": {"repeats": 2},
}


@pytest.fixture
def newcomer(engine_home: Path) -> Iterator[Path]:
    """The engine's folder without what a workbench remembers in it, before and after."""
    remembered = engine_home / "workbench.json"
    remembered.unlink(missing_ok=True)
    yield engine_home
    remembered.unlink(missing_ok=True)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Presets that run in a blink."""
    for name, kind in KINDS.items():
        for preset, fields in kind.presets.items():
            layers = {"hidden_layers": [8] * len(fields["hidden_layers"])}
            small = fields | SMALL | layers | QUICK.get(name, {})
            monkeypatch.setitem(kind.presets, preset, small)  # type: ignore[arg-type]


@pytest.mark.timeout(300)
async def test_whoever_does_what_the_guide_says_can_answer_it(newcomer: Path, quick: None) -> None:
    workbench = Workbench(newcomer)
    async with workbench.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "344 rows" in flat(workbench))
        await pilot.press("g")
        for number, step in enumerate(STEPS, start=1):
            await until(pilot, lambda n=number: f"step {n} of {len(STEPS)}" in flat(workbench))
            await do(pilot, step)
            await answer(pilot, step)
            await pilot.press("right")
        assert workbench.guide.answered == STEPS


async def do(pilot: Pilot[None], step: str) -> None:
    """Press the keys that a step names, in their order, and choose the presets."""
    for paragraph in step_text(step, "en").sections["press"].paragraphs:
        for found in PLACEHOLDER.findall(paragraph.text):
            kind, _, name = found.partition(":")
            if found == "key:data.open":
                # another table, for who has one
                continue
            if kind == "preset":
                await until(pilot, lambda: isinstance(pilot.app.screen, ChoosingScreen))
                pilot.app.screen.query_one(Input).value = preset_name(name)
                await pilot.press("enter")
                await until(pilot, lambda: not isinstance(pilot.app.screen, ChoosingScreen))
            elif name == "form.run":
                await run(pilot, step)
            else:
                await pilot.press(binding(name).key.split(",")[0])
            await at_rest(pilot)


async def run(pilot: Pilot[None], step: str) -> None:
    """Run what is in the form, and wait until it has finished."""
    screen = pilot.app.screen
    assert isinstance(screen, FormAndRunScreen)
    for name, value in FEWER.get(screen.form.kind, {}).items():
        screen.form.put(name, value)
    shown = screen.view.record
    before = shown.id if shown is not None else 0

    def ended() -> RunRecord | None:
        record = screen.view.record
        return record if record is not None and record.id > before and not record.live else None

    await pilot.press("r")
    record = await until(pilot, ended)
    assert record is not None
    assert record.status == "finished", record.message
    assert record.kind in (*QUESTIONS[step].kinds, "leaks")


async def answer(pilot: Pilot[None], step: str) -> None:
    """Answer wrong, then right."""
    app = pilot.app
    assert isinstance(app, Workbench)
    with Store.open(app.home) as store:
        right = marked(store, app.data_choice, step, SHOW, "en").figures["answer"]
    wrong = {"conclusion": "better" if right != "better" else "worse"}.get(step, "0.001")
    if step == "look":
        wrong = "body_mass_g"
    own = words("en")
    await pilot.press("g", "enter")
    for typed, heard in ((wrong, own["wrong"]), (right, own["right"])):
        await until(pilot, lambda: isinstance(app.focused, Input))
        assert isinstance(app.focused, Input)
        app.focused.value = typed
        await pilot.press("enter")
        told = re.sub(r"\*\*", "", heard).format(typed=typed, answer=right)
        await until(pilot, lambda told=told: told.split(". ")[0] in flat(app))
