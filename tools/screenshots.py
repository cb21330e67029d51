"""Makes docs/screenshots: a home folder of its own, real runs, the real workbench at 140x45.

python tools/screenshots.py
"""

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from engine.client.following import follow
from engine.client.process import stop_engine
from engine.client.submission import submit
from engine.kinds import KINDS, make_spec
from engine.runs.state import RunState
from engine.store.home import home
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench

TUNED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("sweep", "sweep", KINDS["sweep"].presets["epochs"]),
    (
        "random-search",
        "random_search",
        {
            "max_trials": 20,
            "epochs": 15,
            "vary": {
                "learning_rate": {"low": 0.0001, "high": 0.1, "scale": "log"},
                "units": {"low": 16, "high": 128, "step": 16},
            },
        },
    ),
    ("hyperband", "hyperband", KINDS["hyperband"].presets["post"]),
    ("evaluation", "evaluate", {}),
    ("leakage", "leaks", {}),
)
FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
SIZE = (140, 45)


def prepare(store: Store) -> None:
    """Fill the table of runs with what a first afternoon brings."""
    named: list[tuple[str, str, dict[str, Any], str]] = [
        ("baseline", "", {}, "the figure to beat"),
        ("train", "one-hidden", {}, ""),
        ("train", "two-hidden", {}, ""),
        ("train", "two-hidden", {"protocol": "as_published"}, "as in the post"),
        ("train", "step-decay", {}, ""),
        ("train", "early-stopping", {"epochs": 60}, "regularized"),
        ("train", "", {"optimizer": "sgd", "learning_rate": 10.0, "epochs": 50}, "too fast"),
    ]
    for kind, preset, fields, name in named:
        base = KINDS[kind].presets.get(preset, {})
        list(follow(store, submit(store, make_spec(kind, base | fields), name=name)))


async def until(
    pilot: Pilot[None], app: Workbench, done: Callable[[RunRecord, RunState], bool], run: int
) -> None:
    """Wait until the run has come so far, then for the screen to show it."""
    with Store.open(app.home) as store:
        for record, state in follow(store, run):
            await pilot.pause(0.05)
            if done(record, state):
                break
    await pilot.pause(1.5)


async def take(folder: Path) -> None:
    """Go through the screens as a person does, and keep each as SVG."""
    app = Workbench(folder)
    async with app.run_test(size=SIZE) as pilot:

        async def keep(name: str) -> None:
            await pilot.pause(1.0)
            app.save_screenshot(f"{name}.svg", path=str(FOLDER))

        def newest() -> int:
            with Store.open(folder) as store:
                return store.runs()[0].id

        async def press(binding: str) -> None:
            """Press the key of a binding that works on screen now, by the binding's id."""
            active = app.screen.active_bindings
            await pilot.press(next(k for k, found in active.items() if found.binding.id == binding))

        await pilot.pause(4.0)
        await keep("data")
        await press("go-baseline")
        await pilot.pause(1.0)
        await press("form.run")
        await pilot.pause(2.0)
        await until(pilot, app, lambda record, _: not record.live, newest())
        await keep("baseline")
        await press("go-train")
        await pilot.pause(1.0)
        await keep("train-form")
        with Store.open(folder) as store:
            fields = {"hidden_layers": [512, 512, 512], "epochs": 400, "dropout": 0.4}
            run = submit(store, make_spec("train", fields), name="a wide one")
        await press("go-runs")
        await pilot.pause(1.5)
        await app.open_run(run)
        await until(pilot, app, lambda _, state: len(state.curve) > 120, run)
        await keep("train-live")
        await until(pilot, app, lambda record, _: not record.live, run)
        await keep("train-finished")
        for tab in ("confusion", "probabilities", "checks", "predict"):
            await press(f"run.{tab}")
            await pilot.pause(1.0)
            await keep(tab)
        await press("leave")
        for name, kind, fields in TUNED:
            with Store.open(folder) as store:
                run = submit(store, make_spec(kind, fields), name=name)
            await app.open_run(run)
            await until(pilot, app, lambda record, _: not record.live, run)
            await keep(name)
            await press("leave")
        await keep("runs")
        for _ in range(3):
            await press("mark")
            await pilot.press("down")
        await press("compare")
        await keep("compare")
        app.exit()


def main() -> None:
    """Make all screenshots."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        os.environ["PENGUIN_TUI_HOME"] = place
        folder = home()
        with Store.open(folder) as store:
            prepare(store)
        asyncio.run(take(folder))
        with Store.open(folder) as store:
            stop_engine(store.home)


if __name__ == "__main__":
    main()
