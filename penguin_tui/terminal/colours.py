"""How many colours the terminal has: as it was told, by its name, or by its own answer.

SSH carries TERM and no COLORTERM, so most terminals that have all colours seem to have 256 or 16.
Those with a name of their own are known here. The others call themselves xterm; they are asked: a
colour is set and the terminal has to say which one it has kept (DECRQSS of SGR). Nobody waits for
the answer, and what does not answer is left as its name says.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

Depth = Literal["none", "16", "256", "true"]

QUESTION: Final = "\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[0m"
_KEPT = re.compile(r"48[:;]2[:;]{1,2}1[:;]2[:;]3(?!\d)")
# tmux takes all colours, and gives its own terminal as many as that has
_ALL: Final = frozenset((
    "alacritty", "contour", "direct", "foot", "ghostty", "gnome", "iterm", "iterm2", "kitty",
    "konsole", "mintty", "rio", "st", "tmux", "vte", "wezterm",
))  # fmt: skip


def by_name(environ: Mapping[str, str]) -> Depth:
    """The colours of the terminal that these variables name."""
    term = environ.get("TERM", "").lower()
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "true"
    if term in ("", "dumb", "unknown"):
        return "none"
    parts = re.split(r"[-.+]", term)
    if parts[0] == "screen":
        # GNU screen takes no more; tmux may go by that name as well
        parts = ["tmux"] if "TMUX" in environ else [parts[0], parts[-1]]
    if not _ALL.isdisjoint(parts):
        return "true"
    return "256" if parts[-1] == "256color" else "16"


def erases(environ: Mapping[str, str]) -> bool:
    """Whether the terminal erases in the colour that is set; some do so in one of their own.

    GNU screen does, and says that it is there where it has not been left for another machine; tmux
    does not, and may go by the same name. Of those without a variable terminfo has it (no `bce`).
    """
    if "STY" in environ:
        return False
    kind = re.split(r"[-.+]", environ.get("TERM", ""))[0]
    if kind == "screen":
        return "TMUX" in environ
    return re.fullmatch(r"vt\d+|eterm|cygwin", kind) is None


def worth_asking(environ: Mapping[str, str]) -> bool:
    """Whether the terminal may have more colours than its name says."""
    return environ.get("TERM", "").startswith("xterm") and by_name(environ) != "true"


def has_all(answer: str) -> bool:
    """Whether a terminal that answered so has kept the colour it was asked about."""
    return bool(_KEPT.search(answer))
