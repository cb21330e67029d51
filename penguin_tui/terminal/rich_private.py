"""Every private attribute of Rich that the program touches, and why.

Tried with Rich 15. tests/penguin_tui/terminal/test_private_api.py names each of them;
no other module may touch one. Rich writes a style as a whole; the renderer of differences
writes only what changes from cell to cell, and for that needs a style's parts.

`rich.cells` measures text for Textual's layout and for ours. A control character has no width
there; the gate shows it as a mark of one cell, and so it has to be measured.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from rich import cells
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style

from penguin_tui.terminal.gate import visible

# this selector makes Rich count a cell more; the other one, like all of them, counts none
_EMOJI, _TEXT = "\ufe0f", "\ufe0e"


def color_system(console: Console) -> ColorSystem:
    """How many colours the terminal has; `Console.color_system` says it as a name only."""
    return console._color_system or ColorSystem.TRUECOLOR


def set_colours(console: Console, depth: str) -> None:
    """Let the console have "16", "256" or "true" colours; "none" is for Textual's filters to do."""
    systems = {"256": ColorSystem.EIGHT_BIT, "true": ColorSystem.TRUECOLOR}
    console._color_system = systems.get(depth, ColorSystem.STANDARD)


def all_narrow(text: str) -> bool:
    """Whether every character is a letter, a line or a dot of those that surely take one cell.

    It looks at the text once, in C; what it does not know is not narrow.
    """
    return cells._is_single_cell_widths(text)


def has_attributes(style: Style) -> bool:
    """Whether anything but colours is set, all at once: this is asked for every cell."""
    return bool(style._attributes & style._set_attributes)


@cache
def measure_as_shown() -> None:
    """Have Rich measure every text as the gate shows it; for the whole process, once."""
    for name in ("_cell_len", "split_graphemes", "get_character_cell_size"):
        setattr(cells, name, _of_shown(getattr(cells, name)))
    cells.cached_cell_len.cache_clear()


def _of_shown(measure: Callable[..., Any]) -> Callable[..., Any]:
    def measured(text: str, *rest: Any) -> Any:
        return measure(visible(text).replace(_EMOJI, _TEXT), *rest)

    return measured
