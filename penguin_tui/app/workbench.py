"""The workbench: places, themes, global keys; what screens share is reached from here."""

import asyncio
import gc
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen

from penguin_tui.app.crash_report import crash_report
from penguin_tui.app.navigation import FORMS, PLACES, Place, place
from penguin_tui.app.settings import load_settings, save_settings
from penguin_tui.app.theme import DARK, THEMES
from penguin_tui.bars.nav_bar import NavBar
from penguin_tui.bars.status_line import StatusLine, data_label, engine_label
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.loading import OpeningScreen
from penguin_tui.terminal.diff_app import SparingApp
from penguin_tui.terminal.flow_control import Pace

if TYPE_CHECKING:
    from engine.client import EngineStatus
    from engine.specs import RunSpec
    from engine.store import RunRecord, Store
    from penguin_tui.app.follower import EngineChanged, Follower, FollowerFailed
    from penguin_tui.run.run_view import RunView

T = TypeVar("T")
GONE_SECONDS = 1.0
SHORTEST = 0.001
DEFAULT_DATA: dict[str, Any] = {"data": "penguins", "target": "species", "protocol": "strict"}


class Workbench(SparingApp):
    """The terminal workbench on one home folder.

    With `engine=False` no engine process is started or looked after: tests and
    screenshots feed the store themselves, and give a `clock` that stands still.
    """

    CSS_PATH = "workbench.tcss"
    TITLE = "penguin-tui"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {"opening": OpeningScreen}
    DEFAULT_MODE = "opening"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                p.key, f"go('{p.name}')", p.title, show=False, id=f"go-{p.name}", tooltip=p.tooltip
            )
            for p in PLACES
        ),
        Binding("question_mark", "keys", "Help", id="help", key_display="?",
                tooltip="All keys that work here."),
        Binding("ctrl+p", "command_palette", "Commands", id="palette", show=False,
                key_display="^p", tooltip="Find a command by its name.", priority=True),
        Binding("q", "quit", "Quit", id="quit",
                tooltip="Leave the workbench. Runs go on without it."),
    ]  # fmt: skip

    data_choice: reactive[dict[str, Any]] = reactive(dict, init=False)

    def __init__(
        self,
        home: Path,
        *,
        engine: bool = True,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        driver = None
        if pace is not None:
            from penguin_tui.terminal.flow_control import PacedDriver

            driver = PacedDriver
        super().__init__(driver_class=driver)
        self.home = home
        self.pace = pace
        self.clock = clock
        self.engine_allowed = engine
        self.engine_status: EngineStatus | None = None
        self.crash = ""
        self._follower: Follower | None = None
        self._wanted = ""
        settings = load_settings(home)
        for theme in THEMES.values():
            self.register_theme(theme)
        chosen = settings.get("theme")
        known = {theme.name for theme in THEMES.values()}
        self.theme = chosen if chosen in known else DARK.name
        data = settings.get("data")
        self.set_reactive(Workbench.data_choice, data if isinstance(data, dict) else DEFAULT_DATA)

    # -- the first moments ---------------------------------------------------------------------

    def on_mount(self) -> None:
        """After the first frame, load what the first screen needs."""
        self.check_size()
        if self.pace is not None:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self._end_by_signal, number)
        self.call_after_refresh(self._open)

    async def _open(self) -> None:
        if not self.is_running:
            # somebody was quicker to leave than the first frame was to come
            return
        self.theme_changed_signal.subscribe(self, lambda _: self._remember())
        self.run_worker(self._load_all(), name="load")

    async def _load_all(self) -> None:
        """Load the screens one by one beside what the person does, the first one first."""
        if not self._wanted:
            self.action_go("data")
        await asyncio.to_thread(_load_follower)
        _ = self.follower
        for found in PLACES:
            await self._loaded(found)
        gc.freeze()

    @property
    def follower(self) -> "Follower":
        """Who reads the store; started when it is first asked for."""
        if self._follower is None:
            from penguin_tui.app.follower import Follower

            loop = asyncio.get_running_loop()
            self._follower = Follower(self.home, loop, self, engine=self.engine_allowed)
            self._follower.start()
        return self._follower

    # -- going from place to place -------------------------------------------------------------

    def action_go(self, name: str) -> None:
        """Show the screen of that name, loaded first where it has not been shown yet."""
        self._wanted = name
        if name not in self._screen_stacks:
            # what a screen is made of lives as long as the workbench: looking through all of it
            # for garbage took 70 ms now and then, in which no key was answered
            self.set_timer(1.0, gc.freeze, name="freeze")
        if name in self._modes:
            self.switch_mode(name)
        else:
            self.run_worker(self._go(place(name)), name=f"go {name}", group="go")

    def delay_update(self, delay: float = 0.05) -> None:
        """Hold the first picture of a new screen until it is complete, others not at all.

        Textual holds every change of mode for 50 ms, which is all the time there
        is for answering a key.
        """
        super().delay_update(delay if self._wanted not in self._screen_stacks else SHORTEST)

    async def _go(self, found: Place) -> None:
        await self._loaded(found)
        if self._wanted == found.name and found.name in self._modes:
            await self.switch_mode(found.name)

    async def _loaded(self, found: Place) -> None:
        if found.name not in self._modes:
            try:
                screen = await asyncio.to_thread(found.load)
            except ModuleNotFoundError as error:
                self.notify(str(error), severity="error", markup=False)
                return
            if found.name not in self._modes:
                self.add_mode(found.name, screen)

    def on_nav_bar_chosen(self, message: NavBar.Chosen) -> None:
        """A place was clicked."""
        self.action_go(message.place)

    async def take_settings(self, record: "RunRecord") -> None:
        """Show the form for a run's kind with the settings of that run."""
        await self.fill_form(FORMS.get(record.kind, "train"), record.spec)

    async def fill_form(self, name: str, spec: "RunSpec") -> None:
        """Show the screen of that name with these settings in its form."""
        self._wanted = name
        await self._loaded(place(name))
        await self.switch_mode(name)
        screen, *above = self.get_screen_stack(name)
        for _ in above:
            await self.pop_screen()
        if isinstance(screen, WorkScreen):
            screen.load(spec)

    async def on_run_view_to_train(self, message: "RunView.ToTrain") -> None:
        """A candidate's settings into the Train form."""
        message.stop()
        await self.fill_form("train", message.spec)

    async def open_run(self, run: int) -> None:
        """Show a run, live or finished, above the present screen."""
        if self.current_mode == self.DEFAULT_MODE:
            # it would lie below the first screen, which has yet to come
            self._wanted = self._wanted or "data"
            await self._go(place(self._wanted))
        module = await asyncio.to_thread(__import__, "penguin_tui.screens.run", fromlist=["run"])
        await self.push_screen(module.RunScreen(run))

    # -- what screens use ----------------------------------------------------------------------

    def engine_call(
        self, work: "Callable[[Store], T]", then: Callable[[T], object] | None = None
    ) -> None:
        """Run `work(store)` in a thread of its own, then `then(result)` here.

        An `EngineError` becomes a notification with its hint.
        """

        def in_thread() -> tuple[T] | None:
            from engine.errors import EngineError
            from engine.store import Store

            try:
                with Store.open(self.home) as store:
                    return (work(store),)
            except EngineError as error:
                self.call_from_thread(self.complain, error)
                return None

        async def wait() -> None:
            found = await asyncio.to_thread(in_thread)
            self.follower.nudge()
            if found is not None and then is not None:
                then(found[0])

        self.run_worker(wait(), group="engine", name="engine call")

    def submit(
        self, spec: "RunSpec", then: Callable[[int], object] | None = None, name: str = ""
    ) -> None:
        """Queue a run and see that an engine takes it; `then` gets its id."""

        def work(store: "Store") -> int:
            if not self.engine_allowed:
                return store.submit(spec, name=name)
            from engine import client

            return client.submit(store, spec, name=name)

        self.engine_call(work, then)

    def complain(self, error: Exception) -> None:
        """Show what went wrong and what to do next."""
        # an EngineError's text is its message and its hint
        self.notify(str(error), severity="error", timeout=10, markup=False)

    # -- what is shown on all screens ----------------------------------------------------------

    def on_engine_changed(self, message: "EngineChanged") -> None:
        """Keep the status line true."""
        self.engine_status = message.status
        self.refresh_status()

    def on_follower_failed(self, message: "FollowerFailed") -> None:
        """The store or the engine cannot be used."""
        self.complain(message.error)

    def watch_data_choice(self) -> None:
        """Another data set: say so everywhere, and remember it."""
        self.refresh_status()
        self._remember()

    def refresh_status(self) -> None:
        """Write the status line of the screen that is shown."""
        if not self.screen_stack:
            # at the end the screens go first
            return
        for line in self.screen.query(StatusLine):
            if self.engine_status is not None:
                line.engine = engine_label(self.engine_status)
            line.data = data_label(self.data_choice)

    def _remember(self) -> None:
        settings = {"theme": self.theme, "data": self.data_choice}
        try:
            save_settings(self.home, settings)
        except OSError as error:
            self.notify(
                f"Theme and data could not be remembered: {error.strerror}.",
                severity="warning", markup=False,
            )  # fmt: skip

    def on_resize(self) -> None:
        """Ask for more room when there is too little."""
        # later, because only then is it the size of the app
        self.call_later(self.check_size)

    def check_size(self) -> None:
        """Cover the screen with a request while there is too little room; it goes by itself."""
        from penguin_tui.screens.too_small import TooSmallScreen, too_small

        if too_small(self.size) and not isinstance(self.screen, TooSmallScreen):
            self.push_screen(TooSmallScreen())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        from penguin_tui.app.commands import commands

        return commands(self, screen)

    def action_command_palette(self) -> None:
        """Offer all commands by name; once, also when something covers the palette."""
        from penguin_tui.app.palette import PALETTE_ID, Palette

        if not any(screen.id == PALETTE_ID for screen in self.screen_stack):
            self.push_screen(Palette(id=PALETTE_ID))

    def action_keys(self) -> None:
        """Show all keys that work here."""
        from penguin_tui.app.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    # -- the end -------------------------------------------------------------------------------

    async def action_quit(self) -> None:
        """Leave; runs go on."""
        if self.pace is not None:
            # an answer that comes after the end would be typed into the shell
            for _ in range(50):
                if self.pace.settled():
                    break
                await asyncio.sleep(0.01)
        self.exit()

    def on_unmount(self) -> None:
        """Let go of the store."""
        if self._follower is not None:
            self._follower.stop()

    def post_display_hook(self) -> None:
        """Ask the terminal to say when the frame has arrived."""
        if self.pace is not None and self._driver is not None:
            question = self.pace.question()
            if question:
                self._driver.write(question)

    def _handle_exception(self, error: Exception) -> None:
        """While leaving, a screen that was still being built may miss its parts: no crash."""
        if self._exit:
            crash_report(self.home, "".join(traceback.format_exception(error)))
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End with a plain sentence; the traceback goes to the log file."""
        self.crash = "".join(traceback.format_exception(self._exception))
        self._close_messages_no_wait()

    def _end_by_signal(self, number: int) -> None:
        """Leave as the system asks; when the terminal is gone, without waiting for it."""
        self.exit(return_code=128 + number)
        if number == signal.SIGHUP:
            # writing to a terminal that is gone may block for ever, and nothing is lost
            watchdog = threading.Timer(GONE_SECONDS, os._exit, (128 + number,))
            watchdog.daemon = True
            watchdog.start()


def _load_follower() -> None:
    for name in ("penguin_tui.app.follower", "engine.store"):
        import_module(name)
