"""The scatter chart of the Data screen: arrow keys choose the features on its axes."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from penguin_tui.charts.grid import ACCENT, Drawing, Grid
from penguin_tui.data.scatter import TITLE_TEXT, draw_scatter


class ScatterChart(Drawing, can_focus=True):
    """Two features against each other; the screen has the actions."""

    BINDING_GROUP_TITLE = "Scatter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "screen.axis('x', 1)", "Axes", id="scatter.x", key_display="←→↑↓",
                tooltip="Take the next feature for an axis: ←→ the horizontal, ↑↓ the vertical."),
        Binding("left", "screen.axis('x', -1)", "Axes", show=False, id="scatter.x_back"),
        Binding("up", "screen.axis('y', 1)", "Axes", show=False, id="scatter.y"),
        Binding("down", "screen.axis('y', -1)", "Axes", show=False, id="scatter.y_back"),
    ]  # fmt: skip

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(draw_scatter, id=id)

    def draw(self, width: int, height: int) -> Grid:
        """The chart; with the keys its title stands out."""
        grid = super().draw(width, height)
        if self.has_focus:
            title = min(width, len(TITLE_TEXT))
            grid.styles[0][:title] = [ACCENT] * title
        return grid

    def watch_has_focus(self, has_focus: bool) -> None:
        """Draw the title again."""
        super().watch_has_focus(has_focus)
        self.redraw()
