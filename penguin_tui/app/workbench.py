"""The workbench: places, themes, global keys; what screens share is reached from here."""

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from engine.environment.variables import COLOR
from penguin_tui.app.crash_report import crash_report
from penguin_tui.app.settings import Remembered, load_settings, save_settings
from penguin_tui.app.theme import DARK, THEMES
from penguin_tui.bars.keys import key_of
from penguin_tui.engine_link.linked_app import DEFAULT_DATA, LinkedApp
from penguin_tui.presentation.text import clipped
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.loading import LoadingScreen
from penguin_tui.screens.messages import CompareRuns, DrawFigures, LoadSettings, OpenRun
from penguin_tui.screens.places import PLACES, Place, place
from penguin_tui.screens.too_small import cover_if_small
from penguin_tui.terminal.clipboard import Copied
from penguin_tui.terminal.colours import QUESTION, by_name, has_all, worth_asking
from penguin_tui.terminal.flow_control import Pace, PacedDriver
from penguin_tui.terminal.gate import visible
from penguin_tui.terminal.rich_private import set_colours
from penguin_tui.terminal.textual_private import BACKGROUND, OPENING, ColourAnswer, Palette

GONE_SECONDS = 1.0
PACKAGED = DEFAULT_DATA["data"]
# files that the Open dialog offers first
RECENT = 5
SHORTEST = 0.001


class Workbench(LinkedApp):
    """The terminal workbench on one home folder."""

    CSS_PATH = Path(__file__).with_name("workbench.tcss")
    TITLE = "penguin-tui"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {"loading": LoadingScreen}
    DEFAULT_MODE = "loading"
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
        Binding("c", "copy", "Copy", id="copy", show=False,
                tooltip="Copy what is selected, or what the cursor is on: a value, a row as CSV,"
                " the command of a run."),
        Binding("q", "quit", "Quit", id="quit",
                tooltip="Leave the workbench; runs continue."),
    ]  # fmt: skip

    def __init__(
        self,
        home: Path,
        *,
        pace: Pace | None = None,
        data: dict[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        if pace is not None:
            settings["driver_class"] = PacedDriver
        super().__init__(home, **settings)
        if pace is not None:
            depth = COLOR.value()
            set_colours(self.console, by_name(os.environ) if depth == "auto" else depth)
        self.pace = pace
        self.crash = ""
        self._wanted = ""
        self._loaded: set[str] = set()
        self._visited: set[str] = set()
        remembered = load_settings(home)
        self.recent_files = tuple(map(str, remembered.recent))
        self.forms = remembered.forms
        self.run_columns = remembered.columns
        for theme in THEMES.values():
            self.register_theme(theme)
        known = {theme.name for theme in THEMES.values()}
        self.theme = remembered.theme if remembered.theme in known else DARK.name
        if chosen := data or remembered.data:
            self.set_reactive(Workbench.data_choice, chosen)

    # -- the first moments ---------------------------------------------------------------------

    def on_mount(self) -> None:
        """After the first frame, load what the first screen needs."""
        cover_if_small(self)
        if self.pace is not None and COLOR.value() == "auto" and worth_asking(os.environ):
            # before the first frame, which covers what a terminal writes that does not know it
            self.ask_terminal(QUESTION)
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
        if self.data_choice != (load_settings(self.home).data or self.data_choice):
            # those of the command line
            self._remember()
        self.run_worker(self._load_all(), name="load", group=BACKGROUND)

    async def _load_all(self) -> None:
        """Load the screens one by one beside what the person does, the first one first."""
        if not self._wanted:
            self.action_go("data")
        await asyncio.to_thread(_load_follower)
        _ = self.follower
        for found in PLACES:
            await self._load(found)
        gc.freeze()

    # -- going from place to place -------------------------------------------------------------

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
        super().delay_update(SHORTEST if self._wanted in self._visited else delay)
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
        self.run_worker(self.open_run(message.run), name="open run", group=OPENING)

    def on_draw_figures(self, message: DrawFigures) -> None:
        """Draw the figures of a run; the module is loaded when it is first wanted."""
        from penguin_tui.app.figures import ask_for_figures

        ask_for_figures(self, message.run)

    async def open_run(self, run: int) -> None:
        """Show a run, live or finished, above the present screen."""
        if self.current_mode == self.DEFAULT_MODE:
            # it would lie below the first screen, which has yet to come
            self._wanted = self._wanted or "data"
            await self._go(place(self._wanted))
        module = await asyncio.to_thread(__import__, "penguin_tui.screens.run", fromlist=["run"])
        await self.push_screen(module.RunScreen(run))

    def on_compare_runs(self, message: CompareRuns) -> None:
        """Show runs side by side; in a worker, because the screen may have to be loaded."""
        self.run_worker(self._compare(message.runs), name="compare runs")

    async def _compare(self, runs: Sequence[int]) -> None:
        module = await asyncio.to_thread(import_module, "penguin_tui.compare.screen")
        await self.push_screen(module.CompareScreen(runs))

    # -- what is shown on all screens ----------------------------------------------------------

    def watch_data_choice(self) -> None:
        """Another data set: say so everywhere, and remember it."""
        self._remember()

    def _remember(self) -> None:
        file = str(self.data_choice.get("data", PACKAGED))
        if file != PACKAGED:
            others = (one for one in self.recent_files if one != file)
            self.recent_files = (file, *others)[:RECENT]
        recent = list(self.recent_files)
        settings = Remembered(self.theme, self.data_choice, recent, self.forms, self.run_columns)
        try:
            save_settings(self.home, settings)
        except OSError as error:
            self.notify(
                f"Theme and data could not be remembered: {error.strerror}.",
                severity="warning",
            )  # fmt: skip

    def on_unmount(self) -> None:
        """Remember what was typed into the forms."""
        self._remember()

    def on_resize(self) -> None:
        """Ask for more room when there is too little."""
        # later, because only then is it the size of the app
        self.call_later(cover_if_small, self)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        from penguin_tui.app.commands import commands

        return commands(self, screen)

    def action_command_palette(self) -> None:
        """Offer all commands by name; once, also when something covers the palette."""
        if not any(isinstance(screen, Palette) for screen in self.screen_stack):
            self.push_screen(Palette(id="--command-palette"))

    def action_copy(self) -> None:
        """Copy what is selected, else what the cursor is on."""
        around = (self.focused or self.screen).ancestors_with_self
        found = (node.copied() for node in around if isinstance(node, Copied))
        text = self.screen.get_selected_text() or next(filter(None, found), "")
        if text:
            self.copy_to_clipboard(text)
            self.notify(f"Copied: {clipped(visible(text), 60)}", timeout=3)
        else:
            self.notify("There is nothing to copy here.", severity="warning", timeout=3)

    def action_keys(self) -> None:
        """Show all keys that work here."""
        from penguin_tui.app.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def on_colour_answer(self, message: ColourAnswer) -> None:
        """The terminal has said which colours it keeps."""
        if has_all(message.text):
            set_colours(self.console, "true")
            self.action_redraw()

    # -- the end -------------------------------------------------------------------------------

    async def action_quit(self) -> None:
        """Leave; runs continue."""
        if self.pace is not None:
            # an answer that comes after the end would be typed into the shell
            for _ in range(50):
                if self.pace.settled():
                    break
                await asyncio.sleep(0.01)
        self.exit()

    def action_help_quit(self) -> None:
        """Ctrl+C leaves most programs: say which key leaves this one."""
        self.notify(f"{key_of(self, 'quit')} quits the workbench; runs continue.")

    def post_display_hook(self) -> None:
        """Ask the terminal to say when the frame has arrived."""
        if self.pace is not None and (question := self.pace.question()):
            self.ask_terminal(question)

    def crashed(self, trace: str, *, leaving: bool) -> None:
        """Keep the traceback for the log file; the person is told in a plain sentence."""
        if leaving:
            crash_report(self.home, trace)
        else:
            self.crash = trace

    def _end_by_signal(self, number: int) -> None:
        """Leave as the system asks; when the terminal is gone, without waiting for it."""
        self.exit(return_code=128 + number)
        if number == signal.SIGHUP:
            # writing to a terminal that is gone may block for ever, and nothing is lost
            watchdog = threading.Timer(GONE_SECONDS, os._exit, (128 + number,))
            watchdog.daemon = True
            watchdog.start()


def _load_follower() -> None:
    for name in ("penguin_tui.engine_link.follower", "engine.store"):
        import_module(name)
