r"""Whether the terminal draws pictures, by which protocol, and what it is sent for one.

The terminal is asked three things: whether it knows kitty's graphics (APC, a picture of one pixel
that is not kept), what it can do at all (DA1, where a 4 stands for sixel), and how large a cell is.
Every terminal answers the second and none waits for the others. tmux and GNU screen take an APC for
a title, and the Linux console may write it out: they are not asked the first.
"""

import fcntl
import re
import struct
import sys
import termios
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

Protocol = Literal["", "kitty", "sixel"]

_KITTY: Final = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_REST: Final = "\x1b[16t\x1b[c"
# the three answers; what may be the beginning of one
ANSWER: Final = r"\x1b_G[^\x1b]*\x1b\\|\x1b\[6;\d+;\d+t|\x1b\[\?[\d;]*c"
ANSWER_PATTERN: Final = re.compile(ANSWER)
BEGUN: Final = r"\x1b_[^\x1b]*\x1b?|\x1b\[(?:6[\d;]*|\?[\d;]*)?"
_CELL = re.compile(r"\x1b\[6;(\d+);(\d+)t")
_ABILITIES = re.compile(r"\x1b\[\?([\d;]*)c")
# of base64 in one message, as kitty wants it
_CHUNK: Final = 4096
# what sixel was made for, and most that emulate it go by
VT340_CELL: Final = (10, 20)


@dataclass(frozen=True, slots=True)
class Graphics:
    """How the terminal draws pictures ('' : not at all), and the pixels of a cell."""

    protocol: Protocol = ""
    cell: tuple[int, int] = VT340_CELL

    def after(self, answer: str) -> "Graphics":
        """The same with what an answer of the terminal tells; sixel before kitty.

        Some terminals know kitty's protocol in part only, and sixel whole.
        """
        if found := _CELL.fullmatch(answer):
            high, wide = int(found[1]), int(found[2])
            return replace(self, cell=(wide, high)) if wide and high else self
        if found := _ABILITIES.fullmatch(answer):
            # the first number is what it takes itself for
            return replace(self, protocol="sixel") if "4" in found[1].split(";")[1:] else self
        if answer.startswith("\x1b_G") and answer.endswith(";OK\x1b\\") and not self.protocol:
            return replace(self, protocol="kitty")
        return self

    def measured(self) -> "Graphics":
        """The same with the pixels of a cell of standard input as it is now, where it tells."""
        try:
            sizes = fcntl.ioctl(sys.__stdin__ or -1, termios.TIOCGWINSZ, b"\0" * 8)
        except (OSError, ValueError):
            return self
        rows, columns, wide, high = struct.unpack("HHHH", sizes)
        if not (rows and columns and wide >= columns and high >= rows):
            return self
        return replace(self, cell=(wide // columns, high // rows))


def question(environ: Mapping[str, str]) -> str:
    """What to ask a terminal of these variables; '' of one that nothing is known to answer."""
    term = environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        return ""
    inside = "TMUX" in environ or term.startswith(("tmux", "screen", "linux"))
    return _REST if inside else _KITTY + _REST


def complete(answers: str) -> bool:
    """Whether the answer that every terminal gives has come, behind which there is no other."""
    return bool(_ABILITIES.search(answers))


def cursor_at(x: int, y: int) -> str:
    """What puts the cursor into a cell; the first one is (0, 0)."""
    return f"\x1b[{y + 1};{x + 1}H"


# -- kitty ----------------------------------------------------------------------------------------


def kitty_picture(encoded: str, number: int, columns: int, rows: int) -> str:
    """A PNG file in base64, behind the text of so many cells from the cursor on, which stays."""
    chunks = [encoded[at : at + _CHUNK] for at in range(0, len(encoded), _CHUNK)]
    head = f"a=T,f=100,i={number},p=1,c={columns},r={rows},C=1,z=-1,q=2,"
    last = len(chunks) - 1
    return "".join(
        f"\x1b_G{'' if place else head}m={int(place < last)};{chunk}\x1b\\"
        for place, chunk in enumerate(chunks)
    )


def kitty_removed(number: int) -> str:
    """What takes a picture away, and out of the terminal's memory."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"
