"""Makes docs/screenshots: real runs in a home folder of their own, the real workbench, three sizes.

    python -m tools.screenshots [--size 80x24] [--folder FOLDER] [--home HOME] [--all | SCREEN …]

Without `--all`, which takes every tab of every kind, those of the pages in docs. `--home` keeps the
runs, which take minutes, for the next call.
"""

import argparse
import asyncio
import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from engine.client.following import follow
from engine.client.process import stop_engine
from engine.client.submission import submit
from engine.kinds import KINDS, make_spec
from engine.store.home import home
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.playground.screen import PlaygroundScreen
from penguin_tui.presentation.kinds import view_of

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
SIZES = ("80x24", "100x30", "140x45")
TWO_LAYERS = {"hidden_layers": [64, 64], "epochs": 60}
SPACE = {
    "learning_rate": {"low": 0.0001, "high": 0.1, "scale": "log"},
    "units": {"low": 16, "high": 128, "step": 16},
}
# what a first afternoon brings: kind, preset, fields, name
AFTERNOON: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("baseline", "", {}, "the figure to beat"),
    ("train", "one-hidden", {}, ""),
    ("train", "two-hidden", {}, ""),
    ("train", "two-hidden", {"protocol": "as_published"}, "as in the post"),
    ("train", "step-decay", {}, ""),
    ("train", "early-stopping", {"epochs": 60}, "regularized"),
    ("train", "", {"optimizer": "sgd", "learning_rate": 10.0, "epochs": 50}, "too fast"),
)
# runs whose tabs are shown, by the name that their pictures begin with
SHOWN: dict[str, tuple[str, dict[str, Any]]] = {
    "train": ("train", {"hidden_layers": [512, 512, 512], "epochs": 400, "dropout": 0.4}),
    "baseline": ("baseline", {}),
    "sweep": ("sweep", KINDS["sweep"].presets["epochs"]),
    "search": ("random_search", {"max_trials": 20, "epochs": 15, "outer_folds": 3, "vary": SPACE}),
    "hyperband": ("hyperband", KINDS["hyperband"].presets["post"]),
    "evaluation": ("evaluate", {}),
    "learning-curve": ("learning_curve", {}),
    "leakage": ("leaks", {}),
    "reproduce": ("reproduce", {"quick": True}),
    "describe": ("describe", {}),
}
LIVE = {"hidden_layers": [512, 512, 512], "epochs": 2_000, "dropout": 0.4}
# keys from the first screen, by the name of the picture; each begins and ends there
WALKS: dict[str, tuple[str, ...]] = {
    "data": (),
    "data-rows": ("R",),
    "data-histogram": ("H",),
    "data-scatter": ("X",),
    "data-correlations": ("O",),
    "open": ("o",),
    "help": ("question_mark",),
    "palette": ("ctrl+p",),
    "baseline-form": ("2",),
    "train-form": ("3",),
    "sweep-form": ("4",),
    "search-form": ("5",),
    "search-space": ("5", "h"),
    "evaluate-form": ("7",),
    "runs": ("6",),
    "runs-filter": ("6", "slash", *"kind:train val>90%"),
    "compare": ("6", "space", "down", "space", "down", "space", "equals_sign"),
    "compare-pairs": ("6", "equals_sign", "D"),
    "compare-groups": ("6", "equals_sign", "G"),
}
# the pictures that are kept with the documentation
PAGES = (
    "data", "data-rows", "open", "help", "palette", "baseline", "train-form", "train-live", "train",
    "train-log", "train-summary", "train-confusion", "train-probabilities", "train-checks",
    "train-predict", "train-features", "playground", "guide", "sweep", "search-form", "search",
    "search-importance", "search-nested",
    "hyperband-brackets", "evaluate-form", "evaluation", "learning-curve", "leakage", "reproduce",
    "runs", "runs-filter", "compare", "compare-pairs", "compare-groups",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes pictures of a workbench into a folder, of those screens that are wanted."""

    pilot: Pilot[None]
    app: Workbench
    folder: Path
    wanted: tuple[str, ...]

    def wants(self, name: str) -> bool:
        """Whether a picture is to be taken; all are where none is named."""
        return not self.wanted or name in self.wanted

    async def take(self, name: str, moments: int = 40) -> None:
        """Keep the screen once it has come to rest, or after so many moments."""
        before = ""
        for _ in range(moments):
            await self.pilot.pause(0.3)
            now = re.sub(r"terminal-[0-9]+", "", self.app.export_screenshot())
            if now == before:
                break
            before = now
        self.app.save_screenshot(f"{name}.svg", path=str(self.folder))


def prepare(store: Store) -> dict[str, int]:
    """Do the runs that there are not yet; the number of each that is shown, by its name."""
    known = {record.name: record.id for record in store.runs()}
    if not known:
        for kind, preset, fields, name in AFTERNOON:
            base = KINDS[kind].presets.get(preset, {})
            list(follow(store, submit(store, make_spec(kind, base | fields), name=name)))
    for name, (kind, fields) in SHOWN.items():
        if name not in known:
            known[name] = submit(store, make_spec(kind, fields), name=name)
            list(follow(store, known[name]))
    return {name: known[name] for name in SHOWN}


async def walk(folder: Path, pictures: Path, size: str, wanted: tuple[str, ...]) -> None:
    """Go through the screens as a person does."""
    runs = {}
    with Store.open(folder) as store:
        runs = prepare(store)
    app = Workbench(folder)
    columns, rows = map(int, size.split("x"))
    async with app.run_test(size=(columns, rows)) as pilot:
        camera = Camera(pilot, app, pictures, wanted)
        await pilot.pause(4.0)
        for name, keys in WALKS.items():
            if camera.wants(name):
                await pilot.press("1")
                await pilot.pause(1.0)
                for key in keys:
                    await pilot.press(key)
                    await pilot.pause(0.3)
                await camera.take(name)
                # out of dialogs and fields, to where digits go elsewhere
                await pilot.press("escape", "escape", "escape")
        await _playground(camera)
        await _guide(camera)
        for name, run in runs.items():
            await _tabs(camera, name, run)
        if camera.wants("train-live"):
            await _live(camera, folder)
        app.exit()


async def _tabs(camera: Camera, name: str, run: int) -> None:
    """Pictures of the tabs of a run, the first by the run's name alone."""
    tabs = view_of(SHOWN[name][0]).tabs
    pictures = {name: tabs[0].key} | {f"{name}-{tab.name}": tab.key for tab in tabs[1:]}
    wanted = {own: key for own, key in pictures.items() if camera.wants(own)}
    if not wanted:
        return
    await camera.app.open_run(run)
    await camera.pilot.pause(1.0)
    for own, key in wanted.items():
        await camera.pilot.press(key)
        await camera.take(own)
    await camera.pilot.press("escape", "escape")


async def _playground(camera: Camera) -> None:
    """The playground, once its networks have been trained."""
    if camera.wants("playground"):
        await camera.pilot.press("8")
        while not (isinstance(at := camera.app.screen, PlaygroundScreen) and at.answer):
            await camera.pilot.pause(0.1)
        await camera.take("playground")


async def _guide(camera: Camera) -> None:
    """The guide beside the data."""
    if camera.wants("guide"):
        await camera.pilot.press("1", "g")
        await camera.take("guide")
        await camera.pilot.press("g")


async def _live(camera: Camera, folder: Path) -> None:
    """A training in the middle of its work, which is stopped afterwards."""
    with Store.open(folder) as store:
        run = submit(store, make_spec("train", LIVE), name="a wide one")
        await camera.app.open_run(run)
        for _, state in follow(store, run):
            await camera.pilot.pause(0.05)
            if len(state.curve) > 120:
                break
        await camera.take("train-live", moments=5)
        store.request(run, "stop")
        list(follow(store, run))


def main(arguments: Iterable[str] | None = None) -> None:
    """Take the pictures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("screens", nargs="*", metavar="SCREEN", help="the pictures of these names")
    parser.add_argument("--all", action="store_true", help="those that no page shows as well")
    parser.add_argument("--size", action="append", help=f"default: {', '.join(SIZES)}")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--home", type=Path)
    asked = parser.parse_args(arguments)
    with ExitStack() as stack:
        place = asked.home or stack.enter_context(tempfile.TemporaryDirectory())
        os.environ["PENGUIN_TUI_HOME"] = str(place)
        # as in a terminal of today, wherever this is called
        os.environ["COLORTERM"] = "truecolor"
        folder = home()
        for size in asked.size or SIZES:
            pictures = asked.folder / size
            pictures.mkdir(parents=True, exist_ok=True)
            wanted = () if asked.all else tuple(asked.screens) or PAGES
            asyncio.run(walk(folder, pictures, size, wanted))
        with Store.open(folder) as store:
            stop_engine(store.home)


if __name__ == "__main__":
    main()
