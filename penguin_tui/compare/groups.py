"""The compared runs in groups: the mean of each group by epoch, and a band over its runs."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from engine.comparison.comparison import Comparison
from engine.comparison.groups import Group, MeanCurve, groupable, grouped, mean_curve
from penguin_tui.charts import palette
from penguin_tui.charts.cursor_chart import DRAWING
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.charts.line_drawing import Series
from penguin_tui.compare.curves import EMPTY, FIGURES, TWO_COLUMNS
from penguin_tui.presentation.comparison.beside import group_label, group_value, groups_block
from penguin_tui.tables.text_lines import of_blocks


class ComparedGroups(Vertical):
    """Validation accuracy, beside it loss where there is room, and the means in figures."""

    BINDING_GROUP_TITLE = "Groups"
    DEFAULT_CSS = """
    ComparedGroups {
        height: 1fr;
        LineChart { width: 1fr; height: 1fr; padding-right: 1; }
        Static { height: auto; max-height: 50%; padding: 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "setting(1)", "Setting", id="groups.setting", key_display="↑↓",
                tooltip="Group the runs by another setting, or take all for one group."),
        Binding("up", "setting(-1)", "Previous setting", show=False, id="groups.setting_back"),
        Binding("b", "band", "Band", id="groups.band", group=DRAWING,
                tooltip="Shade the 95 % band of one group, of the next, or of none."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._comparison: Comparison | None = None
        self._setting: str | None = None
        self._groups: tuple[Group, ...] = ()
        # by place of the group and column; worked out when it is drawn first
        self._means: dict[tuple[int, str], MeanCurve | None] = {}
        # whose band is shaded; None: nobody's
        self._band: int | None = None

    def compose(self) -> ComposeResult:
        """The charts, and the means below."""
        with Horizontal():
            for name, column, unit in FIGURES[:2]:
                yield LineChart(name, unit=unit, id=f"mean-{column}", empty=EMPTY)
        yield Static("", markup=False)

    def on_resize(self) -> None:
        """What fits."""
        self.query(LineChart).last().display = self.size.width >= TWO_COLUMNS
        self._draw()

    def show(self, comparison: Comparison, *_: int) -> None:
        """Show these runs, by the same setting as before where they still differ in it."""
        if comparison is self._comparison:
            return
        self._comparison = comparison
        names = groupable(comparison)
        self._take(self._setting if self._setting in names else names[0])

    def _take(self, setting: str) -> None:
        assert self._comparison is not None
        self._setting = setting
        self._groups, self._means = grouped(self._comparison, setting), {}
        several = (n for n, group in enumerate(self._groups) if len(group.outcomes) > 1)
        self._band = next(several, None)
        self._draw()

    def _draw(self) -> None:
        if self._setting is None or self._comparison is None:
            return
        for (_, column, _), chart in zip(FIGURES[:2], self.query(LineChart), strict=True):
            if chart.display:
                chart.show(self._series(self._setting, column))
        told = of_blocks(
            [groups_block(self._comparison, self._setting, self._groups)], self.size.width - 2
        )
        self.query_one(Static).update(told)

    def _series(self, setting: str, column: str) -> list[Series]:
        found = []
        for place, group in enumerate(self._groups):
            if (place, column) not in self._means:
                self._means[place, column] = mean_curve(group, column)
            mean = self._means[place, column]
            if mean is not None:
                found.append(
                    Series(
                        group_label(setting, group), mean.epochs, mean.mean, place,
                        short=group_value(setting, group),
                        marker=palette.marker(place),
                        band=(mean.low, mean.high) if place == self._band else None,
                    )
                )  # fmt: skip
        return found

    def on_line_chart_cursor_moved(self, message: LineChart.CursorMoved) -> None:
        """One cursor for both charts."""
        message.stop()
        for chart in self.query(LineChart):
            chart.read_at(message.cursor)

    def action_setting(self, step: int) -> None:
        """Group by the next setting."""
        if self._comparison is not None and self._setting is not None:
            names = groupable(self._comparison)
            self._take(names[(names.index(self._setting) + step) % len(names)])

    def action_band(self) -> None:
        """Shade the next group's band, or none."""
        after = 0 if self._band is None else self._band + 1
        self._band = after if after < len(self._groups) else None
        self._draw()
