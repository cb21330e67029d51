"""A chart with a cursor for reading values; the focused one has a mark before its title."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from penguin_tui.charts.grid import CellWidget

# Keys that only change how something is drawn: in a footer without room they go before the others.
DRAWING = Binding.Group("Drawing")


class CursorChart(CellWidget, can_focus=True):
    """The keys of the cursor; a subclass has the cursor and moves it."""

    BINDING_GROUP_TITLE = "Chart"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cursor(-1)", "Value", id="chart.left", key_display="←→",
                tooltip="Move the cursor to read values."),
        Binding("right", "cursor(1)", "Value", show=False, id="chart.right"),
        Binding("shift+left", "cursor(-10)", "Back 10", show=False, id="chart.far_left"),
        Binding("shift+right", "cursor(10)", "Forward 10", show=False, id="chart.far_right"),
        Binding("escape", "cursor(None)", "Hide cursor", show=False, id="chart.hide_cursor"),
    ]  # fmt: skip

    @property
    def has_cursor(self) -> bool:
        """Whether a value is being read."""
        raise NotImplementedError

    def action_cursor(self, steps: int | None) -> None:
        """Move the cursor by so many values, showing it at the last one first; None hides it."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a cursor, escape belongs to the screen."""
        return self.has_cursor if (action, parameters) == ("cursor", (None,)) else True

    def on_focus(self) -> None:
        """The title of the focused chart stands out."""
        self.redraw()

    def on_blur(self) -> None:
        """Back to a plain title."""
        self.redraw()
