"""Writes cells in as few bytes as it takes: what has one look together, and blanks as erasures.

A change of colour costs up to 35 bytes, a move of the cursor 3 to 9. So the pieces of a frame are
not written from top to bottom: the pen goes to the cheapest next one, which is mostly the next that
looks the same. To a distant terminal the first rows, which say where one is, go ahead.
"""

import re
from collections import deque
from functools import lru_cache
from typing import Final, NamedTuple

from penguin_tui.terminal.cells import PLAIN, Cell, Look
from penguin_tui.terminal.rich_private import all_narrow

# navigation, title, the head of a run and tabs
HEAD_ROWS: Final = 7
# unchanged cells between two changed ones that are sent again, instead of a move across them
NEAR: Final = 4
# blanks that cost more than their erasure: before more text, where a move follows, and at an end
_INNER, _LAST = re.compile(" {12,}(?=[^ ])"), re.compile(" {5,}$")
# what switches an attribute off; bold and dim have one switch
_OFF: Final = {
    "1": "22", "2": "22", "3": "23", "4": "24", "21": "24", "5": "25", "6": "25", "7": "27",
    "8": "28", "9": "29", "53": "55",
}  # fmt: skip


class Run(NamedTuple):
    """Cells of a row that are written in one look: where, what, and where it leaves the cursor.

    The cursor's column is known only behind characters that surely take one cell each (`sure`).
    """

    x: int
    y: int
    look: Look
    text: str
    end: int
    sure: bool


class Pen:
    """Collects the changed cells of a frame, and writes them.

    `look` is how the terminal would draw the next character, None where nobody knows; `erases`,
    whether it erases in the colour that is set; `ahead`, whether the first rows are written first.
    """

    def __init__(self, look: Look | None, *, erases: bool, ahead: bool = False) -> None:
        self.look = look
        self._ahead = ahead
        self._erases = erases
        # characters of what is written that complete the first rows
        self.head = 0
        self._runs: list[Run] = []
        self._written: list[str] = []
        # where the cursor is; None: in an unknown column, or anywhere
        self._x: int | None = None
        self._y: int | None = None

    def add(self, x: int, y: int, look: Look, found: list[Cell], edge: int) -> None:
        """Write these cells, all in `look`, from a place on; `edge` is the terminal's width."""
        text = "".join(character for character, _ in found)
        sure, end = all_narrow(text), x + len(found)
        if sure and self._erases and not look.marks_blanks:
            text, end = self._erased(text, x, edge)
        self._runs.append(Run(x, y, look, text, end, sure))

    def _erased(self, text: str, x: int, edge: int) -> tuple[str, int]:
        """The text with erasures for blanks, and the column behind what is written of it."""
        end = x + len(text)
        if last := _LAST.search(text):
            width = len(last[0])
            erasure = "\x1b[K" if end == edge else f"\x1b[{width}X"
            text, end = text[: last.start()], end - width
        else:
            erasure = ""
        return _INNER.sub(lambda m: f"\x1b[{len(m[0])}X\x1b[{len(m[0])}C", text) + erasure, end

    def written(self) -> str:
        """The sequences for all that was added; the look stays set. Sets `head`, too."""
        first = [run for run in self._runs if run.y < HEAD_ROWS] if self._ahead else []
        self._write_all(first)
        self.head = sum(map(len, self._written))
        self._write_all(self._runs[len(first) :])
        self._runs = []
        return "".join(self._written)

    def _write_all(self, runs: list[Run]) -> None:
        """Write runs, which are in the order of rows and columns, the cheapest next one first."""
        alike: dict[Look, deque[int]] = {}
        for number, run in enumerate(runs):
            alike.setdefault(run.look, deque()).append(number)
        waiting = [True] * len(runs) + [False]
        number, look, at_hand = -1, None, self._at_hand()
        for _ in runs:
            if self.look is not look:
                look, at_hand = self.look, self._at_hand()
            near = [number + 1] if waiting[number + 1] else []
            for each in at_hand:
                queue = alike.get(each)
                if queue and queue[0] not in near:
                    near.append(queue[0])
            near = near or [queue[0] for queue in alike.values()]
            # mostly the next one is the next of its look as well
            number = near[0] if len(near) == 1 else min(near, key=lambda n: self._cost(runs[n]))
            waiting[number] = False
            self._write(runs[number])
            queue = alike[runs[number].look]
            while queue and not waiting[queue[0]]:
                queue.popleft()
            if not queue:
                del alike[runs[number].look]

    def _at_hand(self) -> tuple[Look, ...]:
        """The looks that take no change of colour: the present one, and that of blanks on it."""
        if self.look is None:
            return ()
        return (self.look,) if self.look.marks_blanks else (self.look, Look((), "", self.look.back))

    def _cost(self, run: Run) -> int:
        return len(self._move(run.x, run.y)) + len(_change(self.look, run.look)[0])

    def _write(self, run: Run) -> None:
        self._written.append(self._move(run.x, run.y))
        self._turn(run.look)
        self._written.append(run.text)
        self._x, self._y = run.end if run.sure else None, run.y

    def _turn(self, look: Look) -> None:
        if look is not self.look:
            sequence, self.look = _change(self.look, look)
            self._written.append(sequence)

    def _move(self, x: int, y: int) -> str:
        """The shortest of the ways to a place that every terminal knows; mosh has no CNL."""
        if (x, y) == (self._x, self._y):
            return ""
        best = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
        if self._y is None:
            return best
        if y == self._y:
            other = f"\x1b[{x + 1}G" if x else "\x1b[G"
            if self._x is not None and x > self._x:
                other = min(_forward(x - self._x), other, key=len)
        elif y > self._y and self._x is not None and x >= self._x:
            other = f"\x1b[{_count(y - self._y)}B{_forward(x - self._x)}"
        else:
            return best
        return min(other, best, key=len)


def _count(number: int) -> str:
    return "" if number == 1 else str(number)


def _forward(cells: int) -> str:
    return f"\x1b[{_count(cells)}C" if cells else ""


@lru_cache(maxsize=4096)
def _change(before: Look | None, after: Look) -> tuple[str, Look]:
    """The shorter of two ways from a look to another, and the look that it leads to."""
    fore = after.fore or PLAIN.fore
    fresh = Look(after.attributes, fore, after.back)
    anew = [
        "0", *after.attributes,
        *(each for each in (fore, after.back) if each not in (PLAIN.fore, PLAIN.back)),
    ]  # fmt: skip
    if before is None:
        return f"\x1b[{';'.join(anew)}m", fresh
    if after.blank:
        # the colour of the text that comes next stays as well
        kept = () if before.marks_blanks else before.attributes
        after = Look(kept, before.fore, after.back)
    off = dict.fromkeys(_OFF[each] for each in before.attributes if each not in after.attributes)
    on = (each for each in after.attributes if each not in before.attributes or _OFF[each] in off)
    steps = [*off, *on]
    steps += [new for old, new in zip(before[1:], after[1:], strict=True) if old != new]
    if not steps:
        return "", after
    best, leads_to = min((";".join(steps), after), (";".join(anew), fresh), key=lambda w: len(w[0]))
    return f"\x1b[{best}m", leads_to
