"""Every private attribute of Rich that the program touches, and why.

Tried with Rich 14 and 15. tests/penguin_tui/terminal/test_private_api.py names each of them;
no other module may touch one. Rich writes a style as a whole; the renderer of differences
writes only what changes from cell to cell, and for that needs a style's parts.
"""

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style


def color_system(console: Console) -> ColorSystem:
    """How many colours the terminal has; `Console.color_system` says it as a name only."""
    return console._color_system or ColorSystem.TRUECOLOR


def link(style: Style | None) -> tuple[str, str] | None:
    """A style's hyperlink as (id, address), which `Style.link` has without the id."""
    return (style._link_id, style._link) if style is not None and style._link else None


def has_attributes(style: Style) -> bool:
    """Whether anything but colours is set, all at once: this is asked for every cell."""
    return bool(style._attributes & style._set_attributes)
