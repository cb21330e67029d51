"""From place to place: screens are loaded beside what the person does, and shown when wanted."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from penguin_tui.app.idle_collection import collect_when_idle
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.loading import LoadingScreen
from penguin_tui.screens.messages import (
    CompareRuns,
    DrawFigures,
    ExportRun,
    LoadSettings,
    OpenRun,
    WatchEpochs,
)
from penguin_tui.screens.places import PLACES, Place, place
from penguin_tui.terminal.textual_private.app import OPENING

if TYPE_CHECKING:
    from engine.store.store import Store

SHORTEST = 0.001
# in which keys are answered
BETWEEN_KINDS = 0.02
# so often in turn nothing is under way before a screen is made ahead
RESTS, REST_SECONDS = 4, 0.03


class NavigatingApp(LinkedApp):
    """Has the places of the navigation as modes, and shows runs above them."""

    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {"loading": LoadingScreen}
    DEFAULT_MODE = "loading"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(p.key, f"go('{p.name}')", p.title, show=False, id=f"go-{p.name}", tooltip=p.tooltip)
        for p in PLACES
    ]

    def __init__(self, home: Path, **settings: Any) -> None:
        super().__init__(home, **settings)
        # the place that was asked for last; those whose module is there, and those shown before
        self._wanted = ""
        self._loaded: set[str] = set()
        self._visited: set[str] = set()

    async def load_places(self) -> None:
        """Load the screens one by one beside what the person does, the first one first."""
        # until here nothing was looked for (`penguin_tui.cli`); from here on a key may wait for it
        gc.freeze()
        collect_when_idle(self)
        if not self._wanted:
            self.action_go("data")
        await asyncio.to_thread(_load_follower)
        _ = self.follower
        self.engine_call(_chosen_cluster, lambda text: setattr(self, "cluster", text))
        for found in PLACES:
            await self._load(found)
        # what draws the axes of the first chart
        await asyncio.to_thread(import_module, "textual_plotext.plot")
        await _build_specs()
        gc.freeze()
        # without a terminal nobody waits for a key
        if not self.is_headless:
            await self.make_places()

    async def make_places(self) -> None:
        """Make the screens that have not been shown ahead, each while nothing is under way.

        That takes 40 to 70 ms of the processor, for which the key that opens it need not wait.
        """
        for found in PLACES:
            resting = 0
            while resting < RESTS:
                await asyncio.sleep(REST_SECONDS)
                resting = 0 if self.under_way else resting + 1
            if found.name in self._loaded and not self.stands(found.name):
                await self.prepare_mode(found.name)
        gc.freeze()

    def action_go(self, name: str) -> None:
        """Show the screen of that name, loaded first where it has not been shown yet."""
        self._wanted = name
        if name not in self._visited:
            # what a screen is made of lives as long as the workbench: looking through all of it
            # for garbage took 70 ms now and then, in which no key was answered
            self.set_timer(1.0, gc.freeze, name="freeze")
        if name in self._loaded:
            self.switch_mode(name)
        else:
            self.run_worker(self._go(place(name)), name=f"go {name}", group=OPENING)

    def delay_update(self, delay: float = 0.05) -> None:
        """Hold the first picture of a new screen until it is complete, others not at all.

        Textual holds every change of mode for 50 ms, which is all the time there
        is for answering a key.
        """
        if self._wanted in self._visited:
            super().delay_update(SHORTEST)
        else:
            self.hold_until_whole(delay)
            self._visited.add(self._wanted)

    async def _go(self, found: Place) -> None:
        await self._load(found)
        if self._wanted == found.name and found.name in self._loaded:
            await self.switch_mode(found.name)

    async def _load(self, found: Place) -> None:
        if found.name not in self._loaded:
            try:
                screen = await asyncio.to_thread(found.load)
            except ModuleNotFoundError as error:
                self.notify(str(error), severity="error")
                return
            if found.name not in self._loaded:
                self._loaded.add(found.name)
                self.add_mode(found.name, screen)

    async def on_load_settings(self, message: LoadSettings) -> None:
        """Show a form with these settings."""
        from penguin_tui.presentation.kinds import view_of

        found = place(view_of(message.spec.kind).form)
        self._wanted = found.name
        await self._load(found)
        await self.switch_mode(found.name)
        screen, *above = self.get_screen_stack(found.name)
        for _ in above:
            await self.pop_screen()
        if isinstance(screen, WorkScreen):
            screen.load(message.spec)

    def on_open_run(self, message: OpenRun) -> None:
        """Show a run; in a worker, because its screen may have to be loaded."""
        run, tab = message.run, message.tab
        self.run_worker(self.open_run(run, tab), name="open run", group=OPENING)

    def on_draw_figures(self, message: DrawFigures) -> None:
        """Draw the figures of a run; the module is loaded when it is first wanted."""
        from penguin_tui.app.writing import ask_for_figures

        ask_for_figures(self, message.run)

    def on_export_run(self, message: ExportRun) -> None:
        """Write what a run leaves to files; the module is loaded when it is first wanted."""
        from penguin_tui.app.writing import ask_for_export

        ask_for_export(self, message.run)

    async def open_run(self, run: int, tab: str = "") -> None:
        """Show a run, live or finished, above the present screen; `tab` as in `OpenRun`."""
        if self.current_mode == self.DEFAULT_MODE:
            # it would lie below the first screen, which has yet to come
            self._wanted = self._wanted or "data"
            await self._go(place(self._wanted))
        module = await asyncio.to_thread(__import__, "penguin_tui.screens.run", fromlist=["run"])
        await self.push_screen(module.RunScreen(run, tab))

    def on_watch_epochs(self, message: WatchEpochs) -> None:
        """Show a training epoch by epoch; in a worker, because the screen may have to be loaded."""
        self.run_worker(self._watch_epochs(message), name="watch epochs")

    async def _watch_epochs(self, message: WatchEpochs) -> None:
        module = await asyncio.to_thread(import_module, "penguin_tui.playground.cinema")
        await self.push_screen(module.CinemaScreen(message.run, message.settings))

    def on_compare_runs(self, message: CompareRuns) -> None:
        """Show runs side by side; in a worker, because the screen may have to be loaded."""
        self.run_worker(self._compare(message.runs), name="compare runs")

    async def _compare(self, runs: Sequence[int]) -> None:
        module = await asyncio.to_thread(import_module, "penguin_tui.compare.screen")
        await self.push_screen(module.CompareScreen(runs))


async def _build_specs() -> None:
    """Build what checks the specs, which the first form of a kind would wait for.

    In this thread, a kind at a time: a form that is opened meanwhile must find one whole.
    """
    from engine.kinds import KINDS

    for kind in KINDS.values():
        # None where it is there already
        if kind.spec.model_rebuild() is not None:
            await asyncio.sleep(BETWEEN_KINDS)


def _chosen_cluster(store: "Store") -> str:
    from engine.client.cluster_choice import kept_choice
    from engine.specs.cluster import LOCAL

    text = kept_choice(store)
    return "" if text == LOCAL else text


def _load_follower() -> None:
    for name in ("penguin_tui.engine_link.follower", "engine.store"):
        import_module(name)
