"""The log of a run: its notes, and Keras's figures of every epoch."""

from dataclasses import dataclass, field
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from engine.runs.figures import FIGURES, EpochFigure
from engine.runs.state import Curve, RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.run_log import around_epochs
from penguin_tui.presentation.text import count, figure, percent
from penguin_tui.tables.selectable import SelectableLines

EPOCH_WIDTH = 8


@dataclass(frozen=True)
class Log:
    """Lines before the epochs, the epochs, and lines after them."""

    before: tuple[tuple[str, str], ...] = ()
    curve: Curve = field(default_factory=Curve)
    after: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.before) + len(self.curve) + len(self.after)


class LogPane(SelectableLines, can_focus=True):
    """A long list drawn line by line, so that 100,000 epochs cost no more than twenty.

    It follows the newest line until somebody scrolls up.
    """

    BINDING_GROUP_TITLE = "Log"
    HEAD = 1
    COMPONENT_CLASSES: ClassVar[set[str]] = {"log-pane--head", "log-pane--warning", "log-pane--end"}
    DEFAULT_CSS = """
    LogPane {
        height: 1fr; width: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        .log-pane--head { color: $foreground 65%; text-style: bold; }
        .log-pane--warning { color: $warning; }
        .log-pane--end { text-style: bold; }
        &:focus .log-pane--head { color: $accent; }
    }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines = Log()
        self._shown: tuple[RunRecord, RunState] | None = None

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show the log as it stands."""
        self._shown = (record, state)
        width = self.scrollable_content_region.width
        if width < 1:
            return
        self._lines = new = _log_of(record, state, width)
        follows = self.scroll_offset.y >= self.max_scroll_y - 1
        # one line more for the head, which does not scroll
        size = Size(width, len(new) + 1)
        if size != self.virtual_size:
            self.virtual_size = size
        if follows:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True, force=True)
        self.refresh()

    def on_resize(self) -> None:
        """The notes wrap at another width."""
        if self._shown is not None:
            self.show(*self._shown)

    def content_line(self, number: int) -> Strip:
        """The head, or one line of the log."""
        width = self.size.width
        base = self.base_style
        if number == 0:
            style = self.get_component_rich_style("log-pane--head")
            return _strip(_head(width), base + style, width)
        line = number - 1
        log = self._lines
        if line < len(log.before):
            return self._note(log.before[line], width)
        line -= len(log.before)
        if line < len(log.curve):
            return _strip(_epoch(log.curve, log.curve.chunks[0].first + line, width), base, width)
        line -= len(log.curve)
        if line < len(log.after):
            return self._note(log.after[line], width)
        return Strip.blank(width, base)

    def _note(self, note: tuple[str, str], width: int) -> Strip:
        level, text = note
        style = self.base_style
        if level in ("warning", "end"):
            style += self.get_component_rich_style(f"log-pane--{level}")
        return _strip(text, style, width)

    def shown_text(self) -> str:
        """What is visible, without colours."""
        return "\n".join(self.render_line(y).text.rstrip() for y in range(self.size.height))


def _strip(text: str, style: object, width: int) -> Strip:
    return Strip([Segment(text, style)]).adjust_cell_length(width, style)  # type: ignore[arg-type]


def _log_of(record: RunRecord, state: RunState, width: int) -> Log:
    before, after = around_epochs(record, state, width)
    return Log(before, state.curve, after)


def _columns(width: int) -> list[EpochFigure]:
    """The figures that have room; the last ones give way."""
    room, found = width - EPOCH_WIDTH, []
    for column in FIGURES:
        room -= column.width
        if room < 0:
            break
        found.append(column)
    return found


def _head(width: int) -> str:
    cells = (column.label.rjust(column.width) for column in _columns(width))
    return "epoch".rjust(EPOCH_WIDTH - 1) + " " + "".join(cells)


def _epoch(curve: Curve, number: int, width: int) -> str:
    figures = curve.at(number) or {}
    cells = []
    for column in _columns(width):
        value = figures.get(column.name)
        shown = percent(value) if column.is_fraction else figure(value)
        cells.append(shown.rjust(column.width))
    return count(number).rjust(EPOCH_WIDTH - 1) + " " + "".join(cells)
