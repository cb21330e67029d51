"""The workbench: themes, global keys, what is remembered, the first moments and the last."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from rich.console import RenderableType
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from engine.environment.variables import COLOR
from penguin_tui.app.crash_report import crash_report
from penguin_tui.app.navigation import NavigatingApp
from penguin_tui.app.settings import Remembered, load_settings, save_settings
from penguin_tui.app.theme import DARK, THEMES
from penguin_tui.bars.keys import key_of
from penguin_tui.bars.link_bar import LinkBar
from penguin_tui.engine_link.bookmark import bookmark
from penguin_tui.engine_link.linked_app import DEFAULT_DATA
from penguin_tui.presentation.text import clipped
from penguin_tui.screens.too_small import cover_if_small
from penguin_tui.terminal.clipboard import Copied
from penguin_tui.terminal.colours import QUESTION, by_name, has_all, worth_asking
from penguin_tui.terminal.flow_control import Pace, PacedDriver
from penguin_tui.terminal.gate import visible
from penguin_tui.terminal.graphics import question
from penguin_tui.terminal.rich_private import set_colours
from penguin_tui.terminal.textual_private.app import BACKGROUND, Palette
from penguin_tui.terminal.textual_private.driver import ColourAnswer

GONE_SECONDS = 1.0
PACKAGED = DEFAULT_DATA["data"]
# files that the Open dialog offers first
RECENT = 5
# validation sets whose looks are remembered
LOOKS = 50


class Workbench(NavigatingApp):
    """The terminal workbench on one home folder."""

    CSS_PATH = Path(__file__).with_name("workbench.tcss")
    TITLE = "penguin-tui"
    BINDINGS: ClassVar[list[BindingType]] = [
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
        remembered = load_settings(home)
        self.recent_files = tuple(map(str, remembered.recent))
        self.forms = remembered.forms
        self.run_columns = remembered.columns
        self.validation_looks = remembered.looks
        for theme in THEMES.values():
            self.register_theme(theme)
        known = {theme.name for theme in THEMES.values()}
        self.theme = remembered.theme if remembered.theme in known else DARK.name
        if chosen := data or remembered.data:
            self.set_reactive(Workbench.data_choice, chosen)
        self.set_reactive(Workbench.guide, bookmark(remembered.guide, os.environ))

    # -- the first moments ---------------------------------------------------------------------

    def on_mount(self) -> None:
        """After the first frame, load what the first screen needs."""
        cover_if_small(self)
        if self.pace is not None:
            ask_colours = COLOR.value() == "auto" and worth_asking(os.environ)
            # before the first frame, which covers what a terminal writes that does not know it
            self.ask_terminal((QUESTION if ask_colours else "") + question(os.environ))
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
        self.run_worker(self.load_places(), name="load", group=BACKGROUND)

    # -- what is shown on all screens ----------------------------------------------------------

    def watch_data_choice(self) -> None:
        """Another data set: say so everywhere, and remember it."""
        self._remember()

    def watch_guide(self) -> None:
        """Another place in the guide."""
        self._remember()

    def _remember(self) -> None:
        file = str(self.data_choice.get("data", PACKAGED))
        if file != PACKAGED:
            others = (one for one in self.recent_files if one != file)
            self.recent_files = (file, *others)[:RECENT]
        recent = list(self.recent_files)
        settings = Remembered(
            self.theme, self.data_choice, recent, self.forms, self.run_columns,
            self.guide.to_fields(),
            dict(list(self.validation_looks.items())[-LOOKS:]),
        )  # fmt: skip
        try:
            save_settings(self.home, settings)
        except OSError as error:
            self.notify(
                f"Theme, data and guide could not be remembered: {error.strerror}.",
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

    def requested(self, node: DOMNode, action: str) -> None:
        """On a distant terminal mark the key's link in a bar before anything that takes time."""
        if self.pace is not None and self.pace.slow:
            bars = self.screen.query(LinkBar)
            pressed = next((bar for bar in bars if bar.press(node, action)), None)
            if pressed is not None:
                self.draw_now(pressed)

    def outgoing(self, renderable: RenderableType | None) -> RenderableType | None:
        """With what answers a key first: a slow link takes long for all of it."""
        self.frame.ahead = self.pace is not None
        return super().outgoing(renderable)

    def post_display_hook(self) -> None:
        """Ask the terminal to say when the frame has arrived."""
        if self.pace is not None and (asked := self.pace.question()):
            self.to_terminal(asked)

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
