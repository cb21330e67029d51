"""The epoch after which something of a training is shown: a line that the arrows move along."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from penguin_tui.presentation.blocks import Line, Span, line
from penguin_tui.tables.text_lines import content


class EpochLine(Static, can_focus=True):
    """`Moved` is sent at every step."""

    BINDING_GROUP_TITLE = "Epoch"
    DEFAULT_CSS = """
    EpochLine { height: 1; padding: 0 1; }
    EpochLine:focus { background: $block-cursor-blurred-background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Epoch", id="epoch.left", key_display="←→",
                tooltip="Show the matrix as it was after another epoch."),
        Binding("right", "move(1)", "Epoch", show=False, id="epoch.right"),
        Binding("shift+left", "move(-10)", "Back 10", show=False, id="epoch.far_left"),
        Binding("shift+right", "move(10)", "Forward 10", show=False, id="epoch.far_right"),
        Binding("home", "go(1)", "First", show=False, id="epoch.first"),
        Binding("end", "go(0)", "Last", show=False, id="epoch.last"),
    ]  # fmt: skip

    class Moved(Message):
        """Another epoch is wanted."""

        def __init__(self, epoch: int) -> None:
            super().__init__()
            self.epoch = epoch

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.epoch, self._kept, self._last = 0, 0, 0
        self._note = ""

    def begin(self, kept: int, last: int) -> None:
        """Of so many epochs the network of epoch `kept` was kept, and is shown first."""
        if (kept, last) != (self._kept, self._last):
            self.epoch, self._kept, self._last = kept, kept, last
            self.note("")

    @property
    def at_kept(self) -> bool:
        """Whether it is the network that was kept."""
        return self.epoch == self._kept

    def note(self, text: str) -> None:
        """Say what the engine is busy with, or why there is nothing to show."""
        self._note = text
        kept = " (kept)" if self.at_kept else ""
        spans: Line = line(
            "after epoch ", Span(f"‹ {self.epoch:,} ›", "accent"), f" of {self._last:,}{kept}"
        )
        way = Span(f"   {text}" if text else self._way, "muted")
        self.update(content([(*spans, way)]))

    @property
    def _way(self) -> str:
        return "" if self.has_focus else "   tab ←→ trains again for others"

    def on_focus(self) -> None:
        """How to come here needs no saying."""
        self.note(self._note)

    def on_blur(self) -> None:
        """How to come here."""
        self.note(self._note)

    def action_move(self, step: int) -> None:
        """So many epochs on."""
        self.action_go(max(1, min(self._last, self.epoch + step)))

    def action_go(self, epoch: int) -> None:
        """To this epoch; 0 is the last."""
        self.epoch = epoch or self._last
        self.note("")
        self.post_message(self.Moved(self.epoch))
