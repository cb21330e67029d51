"""The cells of a frame: a character each, and how it looks.

Of a blank only its ground is to be seen. Two blanks on the same ground are the same cell whatever
colour was set for the text that is not there, and so nothing is sent for the difference.
"""

from functools import lru_cache
from typing import Final, NamedTuple

from rich.cells import get_character_cell_size
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.strip import Strip

from penguin_tui.terminal.gate import visible
from penguin_tui.terminal.rich_private import all_narrow, has_attributes

# combining marks on one character; a pile of them covers the rows around it
MARKS: Final = 3
# variation selectors make some terminals draw a character in another width than it was given
_SELECTORS = frozenset(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))))
# pieces of text that are remembered cell by cell; from frame to frame most come again
_PIECES: Final = 2048

_ATTRIBUTES: Final = (
    ("bold", "1"), ("dim", "2"), ("italic", "3"), ("underline", "4"), ("blink", "5"),
    ("blink2", "6"), ("reverse", "7"), ("conceal", "8"), ("strike", "9"), ("underline2", "21"),
    ("overline", "53"),
)  # fmt: skip
# attributes that are seen without a character
_ON_BLANKS: Final = frozenset(("4", "5", "6", "7", "9", "21", "53"))


class Look(NamedTuple):
    """How a cell looks: parameters of SGR. `fore` is '' for a blank, which takes any."""

    attributes: tuple[str, ...] = ()
    fore: str = "39"
    back: str = "49"

    @property
    def blank(self) -> bool:
        """Whether it is that of a blank, of which only the ground is seen."""
        return not self.fore

    @property
    def marks_blanks(self) -> bool:
        """Whether a blank that is written in it is seen as more than its ground."""
        return not _ON_BLANKS.isdisjoint(self.attributes)


# one cell of the terminal; the second half of a wide character is ''
Cell = tuple[str, Look]
PLAIN: Final = Look()
UNKNOWN: Final[Cell] = ("unknown", PLAIN)


def cells(strip: Strip, colours: ColorSystem = ColorSystem.TRUECOLOR) -> list[Cell]:
    """A strip cell by cell, its text as the gate shows it, for a terminal of so many colours."""
    found: list[Cell] = []
    for raw, style, control in strip:
        if control:
            continue
        looks = _looks(style, colours)
        text = visible(raw)
        if all_narrow(text):
            found += _narrow(text, looks)
            continue
        for character in text:
            width = get_character_cell_size(character)
            if width:
                look = looks[character == " "]
                found.append((character, look))
                found.extend([("", look)] * (width - 1))
            elif found and character not in _SELECTORS:
                _attach(character, found)
    return found


def together(one: Look, other: Look) -> Look | None:
    """The look in which cells of both looks can be written one after the other; None: in none."""
    if one == other:
        return one
    if one.back == other.back:
        if other.blank and not one.marks_blanks:
            return one
        if one.blank and not other.marks_blanks:
            return other
    return None


@lru_cache(maxsize=_PIECES)
def _narrow(text: str, looks: tuple[Look, Look]) -> tuple[Cell, ...]:
    return tuple((character, looks[character == " "]) for character in text)


@lru_cache(maxsize=_PIECES)
def _looks(style: Style | None, colours: ColorSystem) -> tuple[Look, Look]:
    """How text of this style looks, and how blanks in it do."""
    if style is None:
        look = PLAIN
    else:
        attributes = (
            tuple(code for name, code in _ATTRIBUTES if getattr(style, name))
            if has_attributes(style)
            else ()
        )
        look = Look(
            attributes,
            _colour(style.color, colours, foreground=True),
            _colour(style.bgcolor, colours, foreground=False),
        )
    return look, look if look.marks_blanks else Look((), "", look.back)


def _colour(colour: Color | None, colours: ColorSystem, *, foreground: bool) -> str:
    if colour is None:
        return "39" if foreground else "49"
    return ";".join(colour.downgrade(colours).get_ansi_codes(foreground))


def _attach(mark: str, found: list[Cell]) -> None:
    """Give a combining mark to the character before it, which may be a wide one."""
    place = len(found) - 1
    while place and found[place][0] == "":
        place -= 1
    text, look = found[place]
    if len(text) <= MARKS:
        found[place] = (text + mark, look)
