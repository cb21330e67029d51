"""What the terminal shows, so that only cells that look different are sent to it.

Textual repaints by regions: a row of a log that scrolls is sent whole although
two digits have changed, from the left edge of its widget, with all its colours.
Over a slow line that is most of what is sent. Here each update is compared with
the cells on screen, and colours are only sent where they change. Whoever knows
that the terminal has lost what it was sent (a new size, a return from the shell)
says `forget`, and the next update is sent whole.

All that is sent is made here: the text of a cell comes through the gate, and what the pen writes
around it are places and styles.
"""

from functools import lru_cache

from rich.cells import get_character_cell_size
from rich.color import Color
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from penguin_tui.terminal.gate import visible
from penguin_tui.terminal.rich_private import all_narrow, color_system, has_attributes
from penguin_tui.terminal.textual_private.app import ChopsUpdate, CompositorUpdate, LayoutUpdate

# one cell of the terminal; the second half of a wide character is ''
Cell = tuple[str, Style | None]
UNKNOWN: Cell = ("unknown", None)
# a move of the cursor and a new colour cost about as much as this many cells sent again
NEAR = 24
# combining marks on one character; a pile of them covers the rows around it
MARKS = 3
# variation selectors make some terminals draw a character in another width than it was given
_SELECTORS = frozenset(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))))


class Frame:
    """The cells on the terminal; one for each app."""

    def __init__(self) -> None:
        self._lines: list[list[Cell]] = []
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
        self._lines = []

    def remember(self, lines: list[list[Cell]]) -> None:
        """The terminal shows these lines."""
        self._lines = lines

    def line(self, y: int) -> list[Cell] | None:
        """The cells of a line, or None when nothing is known of it."""
        return self._lines[y] if y < len(self._lines) else None


def cells(strip: Strip) -> list[Cell]:
    """A strip cell by cell, its text as the gate shows it."""
    found: list[Cell] = []
    for raw, marked, control in strip:
        if control:
            continue
        style = _seen(marked) if marked is not None else None
        text = visible(raw)
        if all_narrow(text):
            found.extend((character, style) for character in text)
            continue
        for character in text:
            width = get_character_cell_size(character)
            if width:
                found.append((character, style))
                found.extend([("", style)] * (width - 1))
            elif found and character not in _SELECTORS:
                _attach(character, found)
    return found


@lru_cache(maxsize=256)
def _seen(style: Style) -> Style:
    """The style without what is not to be seen, such as a place in a text that can be selected."""
    return style.clear_meta_and_links() if style.meta else style


def _attach(mark: str, found: list[Cell]) -> None:
    """Give a combining mark to the character before it, which may be a wide one."""
    place = len(found) - 1
    while place and found[place][0] == "":
        place -= 1
    text, style = found[place]
    if len(text) <= MARKS:
        found[place] = (text + mark, style)


class _Whole(CompositorUpdate):
    """A full update: sent whole to a terminal of which nothing is known."""

    def __init__(self, frame: Frame, update: LayoutUpdate) -> None:
        self._frame = frame
        self._update = update

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Segment(self.render_segments(console))

    def render_segments(self, console: Console) -> str:
        """The changed cells, or all of them, as terminal sequences."""
        frame, region = self._frame, self._update.region
        lines = [[cell for strip in row for cell in cells(strip)] for row in self._update.strips]
        known = [frame.line(y) for y in range(len(lines))]
        pen = Pen(console, frame)
        if region.offset != (0, 0) or any(
            line is None or len(line) != region.width for line in known
        ):
            for y, new in enumerate(lines, region.y):
                pen.write(region.x, y, new)
            # of a part, the rest of its rows would have to be known as well
            frame.remember(lines if region.offset == (0, 0) else [])
        else:
            for y, (line, new) in enumerate(zip(known, lines, strict=True)):
                if line is not None:
                    _write_changes(pen, 0, y, line, new)
        return pen.text()


class _Changes(CompositorUpdate):
    """A partial update: of its spans, the cells that look different from those on screen."""

    def __init__(self, frame: Frame, update: ChopsUpdate) -> None:
        self._frame = frame
        self._update = update

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Segment(self.render_segments(console))

    def render_segments(self, console: Console) -> str:
        """The changed cells as terminal sequences."""
        update = self._update
        pen = Pen(console, self._frame)
        for y, start, end in update.spans:
            line = self._frame.line(y)
            for stop, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=True):
                left, right = max(x, start), min(stop, end)
                if strip is None or left >= right:
                    continue
                new = cells(strip.crop(left - x, right - x))
                if line is None:
                    pen.write(left, y, new)
                else:
                    _write_changes(pen, left, y, line, new)
        return pen.text()


def _write_changes(pen: "Pen", left: int, y: int, line: list[Cell], new: list[Cell]) -> None:
    if line[left : left + len(new)] == new:
        return
    if len(line) < left + len(new):
        line.extend([UNKNOWN] * (left + len(new) - len(line)))
    start = end = -1
    for place, cell in enumerate(new):
        if line[left + place] == cell:
            continue
        if start >= 0 and not _joined(new, end, place):
            pen.write(left + start, y, new[start:end])
            start = -1
        if start < 0:
            start = place - 1 if cell[0] == "" and place else place
        end = place + 1
    if start < 0:
        return
    # a wide character is written whole
    while end < len(new) and new[end][0] == "":
        end += 1
    pen.write(left + start, y, new[start:end])
    after = left + len(new)
    if after < len(line) and line[after][0] == "":
        # the terminal has blanked the other half of what was overwritten
        line[after] = UNKNOWN
    if left and line[left][0] == "" and new[0][0] != "":
        line[left - 1] = UNKNOWN
    line[left:after] = new


def _joined(new: list[Cell], end: int, place: int) -> bool:
    """Whether it costs less to send the unchanged cells between two changes again."""
    if place - end > NEAR:
        return False
    style = new[end - 1][1]
    return all(cell[1] == style for cell in new[end : place + 1])


class Pen:
    """Writes cells and says only what differs: a move, a colour."""

    def __init__(self, console: Console, frame: Frame) -> None:
        self._system = color_system(console)
        self._frame = frame
        self._written: list[str] = []
        self._at = (-1, -1)
        self._style: Style | None = None

    def write(self, x: int, y: int, found: list[Cell]) -> None:
        """Write these cells from a place on."""
        self._frame.written(x, y, len(found))
        if self._at != (x, y):
            self._written.append(f"\x1b[{y + 1};{x + 1}H")
        for character, style in found:
            if style is not self._style and style != self._style:
                self._turn(style)
            self._written.append(character)
        self._at = (x + len(found), y)

    def text(self) -> str:
        """All that was written; the terminal's style is plain again."""
        if self._style is not None:
            self._turn(None)
        return "".join(self._written)

    def _turn(self, style: Style | None) -> None:
        before, self._style = self._style, style
        codes = self._codes(before, style)
        if codes:
            self._written.append(f"\x1b[{codes}m")

    def _codes(self, before: Style | None, style: Style | None) -> str:
        if style is None:
            return "0"
        codes: list[str] = []
        plain = before is None or _attributes(before) != _attributes(style)
        if plain:
            # attributes are only ever switched off all at once
            codes += [*(["0"] if before is not None else []), *_attributes(style)]
        old_fore = None if plain or before is None else before.color
        old_back = None if plain or before is None else before.bgcolor
        codes += self._colour(old_fore, style.color, foreground=True)
        codes += self._colour(old_back, style.bgcolor, foreground=False)
        return ";".join(codes)

    def _colour(self, old: Color | None, new: Color | None, *, foreground: bool) -> list[str]:
        if old == new:
            return []
        if new is None:
            return ["39" if foreground else "49"]
        return list(new.downgrade(self._system).get_ansi_codes(foreground))


_ATTRIBUTES = (
    ("bold", "1"), ("dim", "2"), ("italic", "3"), ("underline", "4"), ("blink", "5"),
    ("blink2", "6"), ("reverse", "7"), ("conceal", "8"), ("strike", "9"), ("underline2", "21"),
    ("overline", "53"),
)  # fmt: skip


def _attributes(style: Style) -> list[str]:
    if not has_attributes(style):
        return []
    return [code for name, code in _ATTRIBUTES if getattr(style, name)]
