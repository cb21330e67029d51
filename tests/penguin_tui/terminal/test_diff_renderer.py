"""What is sent to the terminal: no more than what looks different, and nothing less."""

import io
import re
from collections.abc import Sequence
from typing import Literal

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from pyte.screens import Char
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from penguin_tui.terminal.cells import cells
from penguin_tui.terminal.diff_renderer import Frame
from penguin_tui.terminal.gate import passes
from penguin_tui.terminal.pen import HEAD_ROWS

Colours = Literal["standard", "256", "truecolor"]

WIDTH, HEIGHT = 12, 3
SYSTEMS: dict[Colours, ColorSystem] = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
}
# so wide that blanks are erased
WIDE = 60
# what moves, erases and colours in every terminal: mosh knows no CNL (E)
_FINAL, KNOWN_TO_ALL = re.compile(r"\x1b\[[0-9;]*([@-~])"), set("HGCBXKm")
STYLES = [
    Style(color="#56b4e9", bgcolor="#14181b"),
    Style(color="#e69f00", bgcolor="#14181b"),
    Style(color="#e69f00", bgcolor="#14181b", bold=True),
    Style(bgcolor="#14181b"),
    Style(color="#e69f00", underline=True),
    Style(color="#e69f00", italic=True, strike=True),
    Style(color="#56b4e9", bgcolor="#14181b", reverse=True),
    Style(color="#56b4e9", bgcolor="#14181b", italic=True, reverse=True),
    Style(),
]
PIECES = st.lists(
    st.tuples(st.sampled_from(["a", "b", " ", "企", "⣿", "é"]), st.integers(0, len(STYLES) - 1)),
    min_size=WIDTH,
    max_size=WIDTH,
)
LINES = st.lists(PIECES, min_size=HEIGHT, max_size=HEIGHT)


def strip(pieces: Sequence[tuple[str, int]]) -> Strip:
    segments = [Segment(text, STYLES[style]) for text, style in pieces]
    return Strip(segments).crop(0, WIDTH).simplify()


def whole(lines: Sequence[Sequence[tuple[str, int]]]) -> LayoutUpdate:
    return LayoutUpdate([[strip(line)] for line in lines], Region(0, 0, WIDTH, HEIGHT))


def partial(
    lines: Sequence[Sequence[tuple[str, int]]], spans: list[tuple[int, int, int]]
) -> ChopsUpdate:
    chops = [{0: strip(line)} for line in lines]
    return ChopsUpdate(chops, spans, [[WIDTH]] * HEIGHT)


class Terminal:
    """An emulator fed through a `Frame`."""

    def __init__(
        self, width: int = WIDTH, colours: Colours = "truecolor", *, erases: bool = True
    ) -> None:
        self.console = Console(file=io.StringIO(), color_system=colours, force_terminal=True)
        self.screen = pyte.Screen(width, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.frame = Frame(erases=erases)
        self.sent = 0

    def show(self, update: LayoutUpdate | ChopsUpdate) -> None:
        text = self.frame.update(update).render_segments(self.console)
        # a frame with anything else in it would not be sent
        assert passes(text)
        assert set(_FINAL.findall(text)) <= KNOWN_TO_ALL
        self.text, self.sent = text, len(text)
        self.stream.feed(text)

    def cells(self) -> list[list[tuple[str, ...]]]:
        return seen(self.screen)


def seen(screen: pyte.Screen) -> list[list[tuple[str, ...]]]:
    """What is seen of each cell: of a blank its ground, and the lines on it."""
    return [
        [_seen(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)
    ]


def _seen(cell: Char) -> tuple[str, ...]:
    fore, back = cell.fg.replace("default", "text"), cell.bg.replace("default", "ground")
    if cell.reverse:
        fore, back = back, fore
    lines = (str(cell.underscore), str(cell.strikethrough))
    if cell.data == " ":
        return (" ", back, fore, *lines) if "True" in lines else (" ", back)
    return (cell.data, back, fore, *lines, str(cell.bold), str(cell.italics))


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, min_size=2, max_size=4))
def test_the_terminal_shows_the_same_as_when_all_is_sent(
    frames: list[list[list[tuple[str, int]]]],
) -> None:
    terminal = Terminal()
    terminal.show(whole(frames[0]))
    for lines in frames[1:]:
        terminal.show(partial(lines, [(y, 0, WIDTH) for y in range(HEIGHT)]))
        fresh = Terminal()
        fresh.show(whole(lines))
        assert terminal.cells() == fresh.cells()
        terminal.show(whole(frames[0]))
        first = Terminal()
        first.show(whole(frames[0]))
        assert terminal.cells() == first.cells()


# pieces of rows: a text in a style, many of them blank
WORDS = st.lists(
    st.tuples(
        st.sampled_from(["", "word", "w", "企鹅", "é"]),
        st.integers(0, 30),
        st.integers(0, len(STYLES) - 1),
    ),
    max_size=6,
)


def wide(rows: Sequence[Sequence[tuple[str, int, int]]]) -> LayoutUpdate:
    strips = [
        Strip([Segment(word + " " * blanks, STYLES[style]) for word, blanks, style in row])
        for row in rows
    ]
    return LayoutUpdate(
        [[each.adjust_cell_length(WIDE, STYLES[3]).simplify()] for each in strips],
        Region(0, 0, WIDE, len(rows)),
    )


def fresh(style: Style) -> Style:
    """The same style, which has not been rendered for a terminal of other colours yet."""
    return Style(
        color=style.color, bgcolor=style.bgcolor, bold=style.bold, italic=style.italic,
        underline=style.underline, strike=style.strike, reverse=style.reverse,
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(WORDS, min_size=HEIGHT, max_size=HEIGHT), min_size=2, max_size=4),
    st.sampled_from(["standard", "256", "truecolor"]),
    st.booleans(),
)
def test_whatever_is_cheapest_draws_the_same(
    frames: list[list[list[tuple[str, int, int]]]], colours: Colours, erases: bool
) -> None:
    terminal = Terminal(WIDE, colours, erases=erases)
    for rows in frames:
        terminal.show(wide(rows))
        plain = pyte.Screen(WIDE, HEIGHT)
        for y, row in enumerate(wide(rows).strips):
            line = "".join(
                fresh(style or Style()).render(text, color_system=SYSTEMS[colours])
                for strip in row
                for text, style, _ in strip
            )
            pyte.Stream(plain).feed(f"\x1b[{y + 1}H{line}")
        assert terminal.cells() == seen(plain)


def test_what_looks_the_same_is_not_sent() -> None:
    terminal = Terminal()
    lines = [[("a", 0)] * WIDTH] * HEIGHT
    terminal.show(whole(lines))
    terminal.show(partial(lines, [(1, 0, WIDTH)]))
    assert terminal.sent == 0
    changed = [*lines[:2], [*lines[2][:-1], ("b", 0)]]
    terminal.show(partial(changed, [(y, 0, WIDTH) for y in range(HEIGHT)]))
    assert 0 < terminal.sent < 60
    assert terminal.screen.display[2] == "aaaaaaaaaaab"


def test_a_full_update_is_compared_too_and_sent_whole_once_forgotten() -> None:
    terminal = Terminal()
    lines = [[("a", 0)] * WIDTH] * HEIGHT
    terminal.show(whole(lines))
    terminal.show(whole([*lines[:2], [("b", 0)] * WIDTH]))
    assert "a" not in terminal.screen.display[2]
    assert terminal.sent < 80
    # something else has written on the terminal
    terminal.stream.feed("\x1b[2J")
    terminal.frame.forget()
    terminal.show(whole(lines))
    assert terminal.screen.display == ["a" * WIDTH] * HEIGHT


def test_only_the_spans_are_sent_even_when_more_is_known() -> None:
    terminal = Terminal()
    terminal.show(whole([[("a", 0)] * WIDTH] * HEIGHT))
    terminal.show(partial([[("b", 0)] * WIDTH] * HEIGHT, [(1, 4, 6)]))
    assert terminal.screen.display == ["a" * 12, "aaaabbaaaaaa", "a" * 12]


def test_a_terminal_of_which_nothing_is_known_gets_the_spans_whole() -> None:
    terminal = Terminal()
    terminal.show(partial([[("a", 0)] * WIDTH] * HEIGHT, [(0, 2, 5)]))
    assert terminal.screen.display[0] == "  aaa       "


def test_a_mark_stays_with_its_character() -> None:
    assert [text for text, _ in cells(Strip([Segment("e\u0301企\u0301x")]))] == [
        "e\u0301", "企\u0301", "", "x",
    ]  # fmt: skip


def test_a_terminal_that_erases_in_its_own_colour_is_sent_blanks() -> None:
    rows = [[("word", 30, 0)]] * HEIGHT
    for erases in (True, False):
        terminal = Terminal(WIDE, erases=erases)
        terminal.show(wide(rows))
        assert bool(re.search(r"\x1b\[[0-9]*[KX]", terminal.text)) == erases
        assert terminal.text.count(" ") == (0 if erases else HEIGHT * (WIDE - 4))


def test_what_has_one_look_is_written_together() -> None:
    terminal = Terminal(WIDE)
    terminal.show(wide([[("word", 1, 0), ("word", 1, 1)]] * HEIGHT))
    assert terminal.text.count("38;2;") == 2


def test_a_colour_that_is_set_is_not_set_by_the_next_frame() -> None:
    terminal = Terminal()
    terminal.show(whole([[("a", 0)] * WIDTH] * HEIGHT))
    terminal.show(whole([[("b", 0)] * WIDTH] * HEIGHT))
    assert "m" not in terminal.text
    terminal.frame.forget()
    terminal.show(whole([[("b", 0)] * WIDTH] * HEIGHT))
    assert "\x1b[0;38;2;86;180;233;48;2;20;24;27m" in terminal.text


def test_to_a_distant_terminal_the_first_rows_go_ahead() -> None:
    terminal = Terminal(WIDE)
    terminal.frame.ahead = True
    rows = [[("word", 1, 0), ("word", 1, 1)]] * (HEAD_ROWS + 3)
    update = wide(rows)
    text = terminal.frame.update(update).render_segments(terminal.console)
    head = pyte.Screen(WIDE, len(rows))
    pyte.Stream(head).feed(text[: terminal.frame.head])
    assert [line.strip() != "" for line in head.display] == [True] * HEAD_ROWS + [False] * 3
