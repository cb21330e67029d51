"""Figures that have been drawn, one after the other, in the terminal itself."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from engine.errors import EngineError
from penguin_tui.pictures.encoding import TerminalPicture, terminal_picture
from penguin_tui.presentation.text import size
from penguin_tui.screens.base import WorkScreen
from penguin_tui.terminal.diff_app import Uncovered
from penguin_tui.terminal.gate import visible
from penguin_tui.terminal.graphics import Graphics, cursor_at, kitty_removed
from penguin_tui.terminal.textual_private.app import BACKGROUND

# a key that is held passes figures without encoding them
HELD_SECONDS = 0.15
# by which the terminal knows the picture again; another workbench in it has another
NUMBER = os.getpid()


class FiguresScreen(WorkScreen):
    """One figure at a time, as large as the screen has room; the files stay where they are.

    A picture lies above the cells: it is drawn behind the frame that leaves its place empty, again
    once a message that covered it has gone, and taken away with the screen.
    """

    PLACE = "runs"
    AUTO_FOCUS: ClassVar[str | None] = "#picture"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Figure", id="figures.left", key_display="←→",
                tooltip="The figure before, the next one."),
        Binding("right", "turn(1)", "Figure", show=False, id="figures.right"),
        Binding("escape", "leave", "Back", id="figures.leave",
                tooltip="Back to where the figures were drawn from; the files stay."),
    ]  # fmt: skip
    DEFAULT_CSS = """
    FiguresScreen {
        #figure { height: auto; max-height: 5; padding: 0 1; }
        #picture { height: 1fr; padding: 0 1; content-align: center middle; }
    }
    """

    def __init__(
        self, paths: Sequence[Path], graphics: Graphics, notes: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._paths, self._graphics, self._notes = tuple(paths), graphics, tuple(notes)
        self.place = 0
        self.picture: TerminalPicture | None = None

    def compose_body(self) -> Iterable[Widget]:
        """A line about the file, and the room for the picture."""
        yield Static("", id="figure", markup=False)
        yield Static("", id="picture", markup=False)

    def on_resize(self) -> None:
        """Another size fits."""
        self.call_after_refresh(self._begin)

    def on_screen_suspend(self) -> None:
        """What covers or replaces the screen is not to be drawn upon."""
        self._take_away()

    def on_screen_resume(self) -> None:
        """Draw it again."""
        self.call_after_refresh(self._draw)

    def on_unmount(self) -> None:
        """Nothing of it stays."""
        self._take_away()

    def action_turn(self, step: int) -> None:
        """The next figure, or the one before."""
        self.place = (self.place + step) % len(self._paths)
        self._begin()

    def copied(self) -> str:
        """The path of the figure."""
        return str(self._paths[self.place])

    def action_leave(self) -> None:
        """Back to the run."""
        self.app.pop_screen()

    # -- the picture ---------------------------------------------------------------------------

    def _begin(self) -> None:
        """Encode the figure for the room that there is; the one before goes at once."""
        self._take_away()
        self.picture = None
        self._say("encoding …")
        # the function, not a coroutine: one that the next key replaces may never begin
        encode: Callable[[], Awaitable[None]] = self._encode
        self.run_worker(encode, group=BACKGROUND, exclusive=True, name="encode")

    async def _encode(self) -> None:
        await asyncio.sleep(HELD_SECONDS)
        path, (columns, rows) = self._paths[self.place], self._room.size
        graphics = self._graphics.measured()
        try:
            found = await asyncio.to_thread(terminal_picture, graphics, path, NUMBER, columns, rows)
        except EngineError as error:
            self._say("")
            self.query_one("#picture", Static).update(visible(str(error)))
            return
        self.picture = found
        self._say(f"{size(len(found.sequence))} to show")
        self.call_after_refresh(self._draw)

    @property
    def _room(self) -> Region:
        return self.query_one("#picture").content_region

    def _say(self, last: str) -> None:
        path = self._paths[self.place]
        written = size(path.stat().st_size) if path.exists() else "the file is gone"
        parts = (f"{self.place + 1}/{len(self._paths)}", written, last)
        # a note begins with the figure's name, as the file's ends
        notes = [one for one in self._notes if path.stem.endswith(one.partition(":")[0])]
        lines = (" · ".join(filter(None, parts)), visible(str(path)), *map(visible, notes))
        self.query_one("#figure", Static).update("\n".join(lines))
        self.query_one("#picture", Static).update("")

    def _draw(self) -> None:
        """Send the picture behind what has been drawn, in the middle of its room."""
        if self.picture is None or not self.is_current:
            return
        wide, high = self.picture.columns, self.picture.rows
        x, y, columns, rows = self._room
        x, y = x + (columns - wide) // 2, y + (rows - high) // 2
        place = Region(x, y, wide, high)
        self.workbench.frame.cover(place)
        # one that is read comes first; when it has gone `on_uncovered` is called
        if not any(place.overlaps(toast.region) for toast in self.query("Toast")):
            self.workbench.to_terminal(cursor_at(x, y) + self.picture.sequence)

    def on_uncovered(self, message: Uncovered) -> None:
        """Something was written over it: a message that has come, or that has gone."""
        self._draw()

    def _take_away(self) -> None:
        """Only the text is left."""
        if not self.workbench.frame.covered:
            return
        self.workbench.frame.cover(Region())
        if self._graphics.protocol == "kitty":
            self.workbench.to_terminal(kitty_removed(NUMBER))
        else:
            self.workbench.action_redraw()
