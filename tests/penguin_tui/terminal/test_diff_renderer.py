"""What is sent to the terminal: no more than what looks different, and nothing less."""

import io
from collections.abc import Sequence

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from penguin_tui.terminal.diff_renderer import Frame, cells

WIDTH, HEIGHT = 12, 3
STYLES = [
    Style(color="#56b4e9", bgcolor="#14181b"),
    Style(color="#e69f00", bgcolor="#14181b"),
    Style(color="#e69f00", bgcolor="#14181b", bold=True),
    Style(bgcolor="#14181b"),
    Style(color="#e69f00", underline=True),
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

    def __init__(self) -> None:
        self.console = Console(file=io.StringIO(), color_system="truecolor", force_terminal=True)
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.frame = Frame()
        self.sent = 0

    def show(self, update: LayoutUpdate | ChopsUpdate) -> None:
        text = self.frame.update(update).render_segments(self.console)
        self.sent = len(text)
        self.stream.feed(text)

    def cells(self) -> list[list[tuple[str, str, str, bool, bool]]]:
        return [
            [
                (c.data, c.fg, c.bg, c.bold, c.underscore)
                for c in (self.screen.buffer[y][x] for x in range(WIDTH))
            ]
            for y in range(HEIGHT)
        ]


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
