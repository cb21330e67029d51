"""What is copied goes to the clipboard of the person's own machine, through the terminal (OSC 52).

tmux and GNU screen keep such a sequence for themselves unless it is wrapped for the terminal around
them; where they pass both on, the second one copies the same text again.
"""

import base64
from collections.abc import Mapping
from typing import Final, Protocol, runtime_checkable

# of the sequence; terminals cut or drop longer ones without a word
LONGEST: Final = 74_000


@runtime_checkable
class Copied(Protocol):
    """A widget that has something under its cursor which can be copied."""

    def copied(self) -> str:
        """It as a text; '' where there is nothing."""
        ...


def fits(text: str) -> bool:
    """Whether a terminal takes so much."""
    return len(text.encode("utf-8", "replace")) * 4 // 3 < LONGEST


def wrapped(text: str, environ: Mapping[str, str]) -> str:
    """The sequence for the terminal around tmux or screen; '' where there is neither."""
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode()
    copy = f"\x1b]52;c;{encoded}\x07"
    term = environ.get("TERM", "")
    if "TMUX" in environ or term.startswith("tmux"):
        return f"\x1bPtmux;\x1b{copy}\x1b\\"
    return f"\x1bP{copy}\x1b\\" if term.startswith("screen") else ""
