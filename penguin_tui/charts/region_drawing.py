"""Decision regions as cells: two to a character where there are colours, else by texture.

A cell's code is its class, how certain it is and how far from any training row, as one number; its
tint is the class and how strong the class's colour is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from engine.results.playground import USUAL_DISTANCE, PlaneAxis, PlaygroundAnswer, Regions
from engine.specs.kinds.playground import MOST_CELLS
from penguin_tui.charts import palette
from penguin_tui.charts.axis import Axis, data_axis
from penguin_tui.charts.canvas import Plane, paint, plane
from penguin_tui.charts.grid import GROUNDS, MUTED, SERIES, TITLE, Grid
from penguin_tui.presentation.text import cell_width, shortened

# least certainty of each shade but the faintest, and least distance of each fading, in usual ones
CERTAIN = (0.6, 0.85)
FAR = (2.0, 4.0)
SHADES, FADES = len(CERTAIN) + 1, len(FAR) + 1
LEVELS = SHADES * FADES
# a step of certainty is seen as much as one of distance: so many colours of a class are enough
TINTS = SHADES + FADES - 1
# style numbers of two cells of one character: GROUNDS + the lower tint · ALL_TINTS + the higher one
ALL_TINTS = 256 * TINTS
# style numbers of a row in the plane: kind · ROWS + class
TRAINING, VALIDATION, WRONG = 1, 2, 3
ROWS = 10_000_000_000
# two cells of one character: alike, the upper one of the lower tint, the lower one
BOTH, UPPER, LOWER = " ", "▀", "▄"
# where there are few colours: what fills the region of a class
TEXTURES = ("·", ":", "-", "+", "~", "=", "%", "^")
WRONG_SIGN = "✗"
LABEL_WIDTH = 5
OVER = " over "
# the name of a class in a legend that is short of room
SHORTEST = 4
MIN_WIDTH, MIN_HEIGHT = 20, 6


@dataclass(frozen=True, slots=True)
class Look:
    """How regions are drawn: with `halves` each character has two cells, one above the other."""

    halves: bool = True

    def grid_of(self, width: int, height: int) -> tuple[int, int]:
        """Columns and rows of cells that a chart of this size shows."""
        columns, rows = max(1, width - LABEL_WIDTH - 1), max(1, height - HEAD - 2)
        rows *= 2 if self.halves else 1
        # of a huge window each cell is drawn several times
        coarser = next(n for n in count(1) if (columns // n) * (rows // n) <= MOST_CELLS)
        return columns // coarser, rows // coarser


# title and legend
HEAD = 2


# by certainty of 255 and by distance as `Regions` has it, what they add to a code
_SHADE = tuple(FADES * sum(n >= 255 * least for least in CERTAIN) for n in range(256))
_FADE = tuple(sum(n >= USUAL_DISTANCE * least for least in FAR) for n in range(256))


def code_of(label: int, certainty: int, distance: int) -> int:
    """The code of a cell: `certainty` of 255, `distance` as `Regions` has it."""
    return label * LEVELS + _SHADE[certainty] + _FADE[distance]


def parts_of(code: int) -> tuple[int, int, int]:
    """Class, shade and fading of a code."""
    label, level = divmod(code, LEVELS)
    return (label, *divmod(level, FADES))


def _tint_of(code: int) -> int:
    label, shade, fade = parts_of(code)
    return label * TINTS + shade - fade + FADES - 1


_TINT = tuple(map(_tint_of, range(256 * LEVELS)))


def codes_of(regions: Regions) -> list[int]:
    """The codes of all cells, row by row from the top."""
    return list(map(code_of, *regions.cells()))


def draw_regions(width: int, height: int, answer: PlaygroundAnswer, look: Look, title: str) -> Grid:
    """The plane with its axes, the rows on top of it."""
    grid = Grid(width, height)
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        grid.put(0, 0, "Make the window larger to see the regions.", MUTED)
        return grid
    _header(grid, answer, title)
    across, up = answer.axes
    room = plane(
        width, height - HEAD,
        _axis(across, (width - LABEL_WIDTH) // 12), _axis(up, max(2, (height - HEAD - 2) // 3)),
        percent=False, label_width=LABEL_WIDTH,
    )  # fmt: skip
    paint(grid, HEAD, room, {})
    codes = codes_of(answer.regions)
    if look.halves:
        cells = _Cells(answer.regions, [_TINT[code] for code in codes], room, 2)
    else:
        cells = _Cells(answer.regions, codes, room, 1)
    for row in range(room.rows):
        upper, lower = cells.line(row, 0), cells.line(row, cells.each - 1)
        if look.halves:
            found = (_halves(*pair) for pair in zip(upper, lower, strict=True))
        else:
            found = (_texture(code, x, row) for x, code in enumerate(upper))
        drawn, styles = map(list, zip(*found, strict=True))
        grid.characters[HEAD + row][room.left :] = drawn
        grid.styles[HEAD + row][room.left :] = styles
    _rows(grid, room, answer)
    return grid


class _Cells:
    """What is known of the cells behind the characters of a room, `each` with so many of them."""

    def __init__(self, regions: Regions, codes: list[int], room: Plane, each: int) -> None:
        self._codes = codes
        self._across = [x * regions.columns // room.columns for x in range(room.columns)]
        rows = each * room.rows
        self._starts = [y * regions.rows // rows * regions.columns for y in range(rows)]
        self.each = each

    def line(self, row: int, part: int) -> list[int]:
        """The codes of a part of all characters of a row, from above."""
        start = self._starts[row * self.each + part]
        return [self._codes[start + x] for x in self._across]


def _axis(axis: PlaneAxis, most: int) -> Axis:
    """An axis with exactly the ends of the cells, and about `most` ticks."""
    low, high = axis.low, axis.high
    ticks = data_axis((low, high), most).ticks
    return Axis(low, high, tuple(tick for tick in ticks if low <= tick <= high))


def _halves(upper: int, lower: int) -> tuple[str, int]:
    """A character of two cells, the higher tint always its ground: few looks are few bytes."""
    drawn = BOTH if upper == lower else UPPER if upper < lower else LOWER
    return drawn, GROUNDS + min(upper, lower) * ALL_TINTS + max(upper, lower)


def _texture(code: int, x: int, row: int) -> tuple[str, int]:
    """A character of the class's texture: the less certain, the fewer; far from any row faint."""
    label, shade, fade = parts_of(code)
    dense = (True, (x + row) % 2 == 0, x % 4 == 2 * (row % 2))[SHADES - 1 - shade]
    if not dense or (fade == FADES - 1 and x % 2):
        return " ", SERIES + label
    return TEXTURES[label % len(TEXTURES)], MUTED if fade else SERIES + label


def _rows(grid: Grid, room: Plane, answer: PlaygroundAnswer) -> None:
    """Each row as the marker of its class; misclassified ones cover others, validation training."""
    placed = {(x, y): (label, kind) for kind, x, y, label in sorted(_placed(room, answer))}
    for (x, y), (label, kind) in placed.items():
        sign = WRONG_SIGN if kind == WRONG else palette.marker(label)
        grid.characters[HEAD + y][room.left + x] = sign
        grid.styles[HEAD + y][room.left + x] = kind * ROWS + label


def _placed(room: Plane, answer: PlaygroundAnswer) -> Iterator[tuple[int, int, int, int]]:
    plotted, (across, up) = answer.plotted, answer.axes
    for x, y, label, held, wrong in zip(
        plotted.x, plotted.y, plotted.classes, plotted.validation, plotted.wrong, strict=True
    ):
        column = int((x - across.low) / (across.high - across.low) * room.columns)
        row = int((up.high - y) / (up.high - up.low) * room.rows)
        if 0 <= column < room.columns and 0 <= row < room.rows:
            yield WRONG if wrong else VALIDATION if held else TRAINING, column, row, label


def _header(grid: Grid, answer: PlaygroundAnswer, title: str) -> None:
    """What the axes are, and what the markers mean."""
    across, up = (axis.name for axis in answer.axes)
    column = 0
    if cell_width(f"{title}  {up}{OVER}{across}") <= grid.width:
        column = grid.put(0, 0, title, TITLE) + 2
    grid.put(0, column, OVER.join(_cut_alike((up, across), grid.width - len(OVER))), MUTED)
    names, wrong = _legend(answer.labels, grid.width)
    column = 0
    for label, name in enumerate(names):
        column = grid.put(1, column, palette.marker(label), SERIES + label)
        column = grid.put(1, column, f" {name}  ", MUTED)
    if left := len(answer.labels) - len(names):
        column = grid.put(1, column, f"and {left} more  ", MUTED)
    grid.put(1, column, wrong, MUTED)


def _legend(labels: Sequence[str], width: int) -> tuple[list[str], str]:
    """The names of classes as they are written in `width` cells, and what the wrong sign means.

    Where room is short names are cut, what the sign means goes, then the last names go.
    """
    around, sizes = cell_width("●   "), list(map(cell_width, labels))
    short = f"{WRONG_SIGN} wrong"
    for wrong, least in (
        (f"{WRONG_SIGN} misclassified", max(sizes)),
        (short, SHORTEST),
        ("", SHORTEST),
    ):
        room = width - len(wrong) - around * len(labels)
        if room >= sum(min(least, size) for size in sizes):
            return _cut_alike(labels, room), wrong
    room = width - len(f"and {len(labels)} more  {short}")
    shown = labels[: max(0, room // (around + SHORTEST))]
    return _cut_alike(shown, room - around * len(shown)), short


def _cut_alike(texts: Sequence[str], room: int) -> list[str]:
    """The texts, the longest of them cut to one width, so that together they fill no more cells."""
    widths = [cell_width(text) for text in texts]
    fits = (
        most
        for most in range(max(widths, default=0), 0, -1)
        if sum(min(most, width) for width in widths) <= room
    )
    most = next(fits, 0)
    return shortened(texts, most)
