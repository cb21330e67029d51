"""What the terminal shows, so that only cells that look different are sent to it.

Textual repaints by regions: a row of a log that scrolls is sent whole although
two digits have changed, from the left edge of its widget, with all its colours.
Over a slow line that is most of what is sent. Here each update is compared with
the cells on screen. Whoever knows that the terminal has lost what it was sent
(a new size, a return from the shell) says `forget`, and the next update is sent whole.

All that is sent is made by the pen: the text of a cell comes through the gate, and what is written
around it are places, styles and erasures.
"""

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from textual.geometry import Region, Size

from penguin_tui.terminal.cells import UNKNOWN, Cell, Look, cells, together
from penguin_tui.terminal.pen import NEAR, Pen
from penguin_tui.terminal.rich_private import color_system
from penguin_tui.terminal.textual_private.app import ChopsUpdate, CompositorUpdate, LayoutUpdate


class Frame:
    """The cells on the terminal; one for each app. `erases` is said of its terminal as of a pen."""

    def __init__(self, *, erases: bool = True) -> None:
        self.erases = erases
        self._lines: list[list[Cell]] = []
        # how the terminal would draw the next character
        self.look: Look | None = None
        # whether the first rows, which tell where one is, are written before the others, and how
        # many characters of the last update they are
        self.ahead, self.head = False, 0
        # what lies above the cells: a picture, which whatever is written there cuts a hole into
        self.covered = Region()
        self.uncovered = False

    def cover(self, region: Region) -> None:
        """From now on say in `uncovered` whether cells of this region have been written."""
        self.covered, self.uncovered = region, False

    def written(self, x: int, y: int, width: int) -> None:
        """Cells have been sent to the terminal."""
        if self.covered and self.covered.overlaps(Region(x, y, width, 1)):
            self.uncovered = True

    def update(self, renderable: RenderableType | None) -> RenderableType | None:
        """The update to display instead of one of Textual's."""
        if isinstance(renderable, LayoutUpdate):
            return _Whole(self, renderable)
        if isinstance(renderable, ChopsUpdate):
            return _Changes(self, renderable)
        if renderable is not None:
            self.forget()
        return renderable

    def forget(self) -> None:
        """Nothing is known of the terminal any more."""
        self._lines, self.look = [], None

    @property
    def size(self) -> Size:
        """Columns and rows of what is known."""
        return Size(len(self._lines[0]), len(self._lines)) if self._lines else Size()

    def line(self, y: int) -> list[Cell]:
        """The cells of a line, which whoever writes them changes."""
        return self._lines[y]

    def sized(self, columns: int, rows: int) -> None:
        """The terminal has so many columns and rows; of another size nothing is known."""
        if self.size != (columns, rows):
            self._lines = [[UNKNOWN] * columns for _ in range(rows)]


class _Update(CompositorUpdate):
    """An update of Textual's, from which the cells that look different are sent."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Segment(self.render_segments(console))

    def render_segments(self, console: Console) -> str:
        """The changed cells, or all of them, as terminal sequences."""
        frame = self._frame
        pen = Pen(frame.look, erases=frame.erases, ahead=frame.ahead)
        self._draw(pen, console)
        written = pen.written()
        frame.look, frame.head = pen.look, pen.head
        return written

    def _draw(self, pen: Pen, console: Console) -> None:
        raise NotImplementedError

    def _write(self, pen: Pen, left: int, y: int, new: list[Cell]) -> None:
        """Write what of these cells differs from those on screen, and remember them."""
        line = self._frame.line(y)
        after = left + len(new)
        if line[left:after] == new:
            return
        changed = [
            place
            for place, (old, cell) in enumerate(zip(line[left:after], new, strict=True))
            if old is not cell and old != cell
        ]
        _write_runs(self._frame, pen, left, y, new, changed, len(line))
        if after < len(line) and line[after][0] == "":
            # the terminal has blanked the other half of what was overwritten
            line[after] = UNKNOWN
        if left and line[left][0] == "" and new[0][0] != "":
            line[left - 1] = UNKNOWN
        line[left:after] = new


class _Whole(_Update):
    """A full update: sent whole to a terminal of which nothing is known."""

    def __init__(self, frame: Frame, update: LayoutUpdate) -> None:
        super().__init__(frame)
        self._update = update

    def _draw(self, pen: Pen, console: Console) -> None:
        region, colours = self._update.region, color_system(console)
        self._frame.sized(region.right, region.bottom)
        for y, row in enumerate(self._update.strips, region.y):
            self._write(pen, region.x, y, [cell for strip in row for cell in cells(strip, colours)])


class _Changes(_Update):
    """A partial update: of its spans, the cells that look different from those on screen."""

    def __init__(self, frame: Frame, update: ChopsUpdate) -> None:
        super().__init__(frame)
        self._update = update

    def _draw(self, pen: Pen, console: Console) -> None:
        update, colours = self._update, color_system(console)
        self._frame.sized(max(ends[-1] for ends in update.chop_ends), len(update.chop_ends))
        for y, start, end in sorted(update.spans):
            for stop, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=True):
                left, right = max(x, start), min(stop, end)
                if strip is not None and left < right:
                    self._write(pen, left, y, cells(strip.crop(left - x, right - x), colours))


def _write_runs(
    frame: Frame, pen: Pen, left: int, y: int, new: list[Cell], changed: list[int], edge: int
) -> None:
    """Write the `changed` places of a row, in pieces that can be written in one look."""
    start = end = -1
    look: Look | None = None
    for changed_place in changed:
        if changed_place < end:
            continue
        # of a new screen most cells lie side by side in one look
        if changed_place == end and new[end][1] is look and _is_narrow(new, end):
            end += 1
            continue
        # a wide character is written whole
        place, stop = changed_place, changed_place + 1
        while place and new[place][0] == "":
            place -= 1
        while stop < len(new) and new[stop][0] == "":
            stop += 1
        joint = _joint(look, new, end, stop) if place - end <= NEAR else None
        if joint is None:
            if look is not None:
                pen.add(left + start, y, look, new[start:end], edge)
                frame.written(left + start, y, end - start)
            start, joint = place, new[place][1]
        look, end = joint, stop
    if look is not None:
        pen.add(left + start, y, look, new[start:end], edge)
        frame.written(left + start, y, end - start)


def _is_narrow(new: list[Cell], place: int) -> bool:
    """Whether a cell is neither of the halves of a wide character."""
    return new[place][0] != "" and (place + 1 == len(new) or new[place + 1][0] != "")


def _joint(look: Look | None, new: list[Cell], start: int, stop: int) -> Look | None:
    """The look in which the cells before `start` and those up to `stop` can be written."""
    for _, other in new[start:stop]:
        look = None if look is None else look if look is other else together(look, other)
    return look
