"""Whether the terminal keeps up: live repainting waits for it, so that nothing queues.

What a slow link has not delivered yet lies in buffers this process cannot see
(a pseudo-terminal holds some 12 kB, an SSH connection more), and a key's answer
would have to wait behind it. So after each frame the terminal is asked where its
cursor is (6 bytes, understood by every terminal): the answer says that all bytes
before the question have arrived. Bytes under way without an answer are limited to
a window, which shrinks when answers come late and grows when they come at once,
as TCP Vegas does (Brakmo and Peterson 1995). It grows only where it was used: what
has never been under way tells nothing of a line that would take it.

Not every terminal answers (expect, serial lines, recorders). That shows at the first frame, while
the first screen is still being loaded: without an answer nothing is asked or waited for any more,
unless one comes after all. A terminal that has answered before and from which nothing comes at all
is behind a link that is down. What would be drawn for it meanwhile would come in a lump when the
link is back, outdated. So no live frame is drawn while an answer is late, and instead of one the
question is asked once more after 3 seconds, then after 6, 12, 24 and every 48: the answer of a
terminal that was away for a while may be lost for good.
"""

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from penguin_tui.terminal.diff_renderer import Frame
from penguin_tui.terminal.textual_private.app import HookedApp
from penguin_tui.terminal.textual_private.driver import HookedDriver

if TYPE_CHECKING:
    from textual.app import App

QUESTION = "\x1b[6n"
SMALLEST, FIRST, LARGEST = 256, 2048, 16384
# a frame of so many bytes takes a link that is slow longer than its answer may take; its first rows
# go ahead, and so much before the rest that SSH does not put both into one packet
LONG_BYTES, AHEAD_SECONDS, DISTANT_SECONDS = 1000, 0.02, 0.1
# how much longer than the quickest answer one may take; then live frames wait, the window shrinks
LATE_SECONDS = 0.12
# without an answer for so long, it is taken for lost; the first one tells whether any will come
LOST_SECONDS, FIRST_SECONDS = 3.0, 1.0
# a terminal that has answered before and from which keys come may miss so many
PATIENCE = 3
# one from which nothing comes is behind a link that is down: it is asked again less and less often
DOUBLINGS = 4


class Pace:
    """Bytes written, bytes known to have arrived, and how many may be between."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written = 0
        self._arrived = 0
        # asked: (bytes written by then, when, whether the window was used)
        self._asked: tuple[int, float, bool] | None = None
        # questions that were given up, whose answers may still come, and whether one has
        self._lost = 0
        self._came_late = False
        self._quickest = 10.0
        self._heard = False
        self._unanswered = 0
        # questions that were lost with nothing else from the terminal since the last answer
        self._stalled = 0
        self._typed = False
        self.window = FIRST

    @property
    def silent(self) -> bool:
        """Whether this terminal answers no questions, so that nothing can be known."""
        return self._unanswered >= (PATIENCE if self._heard else 1)

    @property
    def slow(self) -> bool:
        """Whether the terminal is so far away that its first answers take a tenth of a second."""
        return self._heard and self._quickest > DISTANT_SECONDS

    def wrote(self, size: int) -> None:
        """Some bytes have been given to the terminal."""
        with self._lock:
            self._written += size

    def question(self) -> str:
        """What to write after a frame: the question, or nothing while one is open."""
        with self._lock:
            self._give_up_if_lost()
            if self.silent or self._asked is not None or self._arrived == self._written:
                return ""
            # the question itself has arrived as well when it is answered
            used = self._written - self._arrived > self.window // 2
            self._asked = (self._written + len(QUESTION), time.monotonic(), used)
            self._typed = False
            return QUESTION

    def answered(self) -> None:
        """The terminal has answered: what was written before the question has arrived."""
        with self._lock:
            # a late one as well: this terminal does answer
            self._heard, self._unanswered, self._stalled = True, 0, 0
            if self._lost:
                # answers come in the order of the questions
                self._lost, self._came_late = self._lost - 1, True
                return
            if self._asked is None:
                return
            size, asked, used = self._asked
            taken = time.monotonic() - asked
            self._quickest = min(self._quickest, taken)
            self._asked, self._arrived = None, size
            if taken - self._quickest > LATE_SECONDS:
                self.window = max(SMALLEST, self.window // 2)
            elif used:
                self.window = min(LARGEST, self.window * 2)

    def typed(self) -> None:
        """Something else has come from the terminal, so that the link is not down."""
        with self._lock:
            self._typed, self._stalled = True, 0

    def ready(self) -> bool:
        """Whether a frame may be written that nobody has asked for."""
        with self._lock:
            if self.silent:
                return True
            self._give_up_if_lost()
            if self._heard and self._asked is not None:
                waited = time.monotonic() - self._asked[1]
                if waited - self._quickest > LATE_SECONDS:
                    # what is drawn now would be outdated before it can be seen
                    return False
            return self._written - self._arrived <= self.window

    def _give_up_if_lost(self) -> None:
        patience = LOST_SECONDS * 2**self._stalled if self._heard else FIRST_SECONDS
        if self._asked is None or time.monotonic() - self._asked[1] <= patience:
            return
        self._asked = None
        # one that came late was the answer to this question, if this one is lost as well
        self._lost = 0 if self._came_late else self._lost + 1
        self._came_late = False
        self.window = SMALLEST
        if self._typed or not self._heard:
            self._arrived = self._written
            self._unanswered += 1
        else:
            self._stalled = min(DOUBLINGS, self._stalled + 1)
        self._typed = False

    def settled(self) -> bool:
        """Whether no answer is on its way."""
        with self._lock:
            return self._asked is None


class PacedDriver(HookedDriver):
    """A driver that also counts bytes and takes the terminal's answers."""

    # what waits behind rows that went ahead; the thread that reads the terminal writes as well
    _waiting: list[str] | None = None
    _ahead = threading.RLock()

    def write(self, data: str) -> None:
        """Write to the terminal; of a long frame for a distant one the first rows go ahead."""
        _pace(self.app).wrote(len(data))
        frame = getattr(self.app, "frame", None)
        head = 0
        if isinstance(frame, Frame):
            # what is written first after a frame was made is that frame
            head, frame.head = frame.head, 0
        with self._ahead:
            if self._waiting is not None:
                self._waiting.append(data)
                return
        if 0 < head < len(data) and len(data) > LONG_BYTES and _pace(self.app).slow:
            end, begin = self.synchronized_apart
            super().write(data[:head] + end)
            self.flush()
            self._waiting = [begin + data[head:]]
            asyncio.get_running_loop().call_later(AHEAD_SECONDS, self._write_waiting)
        else:
            super().write(data)

    def _write_waiting(self) -> None:
        # one by one, for what is no writing of ours is left out as a whole
        with self._ahead:
            for data in self._waiting or ():
                super().write(data)
            self._waiting = None

    def stop_application_mode(self) -> None:
        """Write what waits, and leave."""
        self._write_waiting()
        super().stop_application_mode()

    def process_message(self, message: Message) -> None:
        """Take the answers out of the input; all else goes to the app."""
        if isinstance(message, events.CursorPosition):
            pace = _pace(self.app)
            pace.answered()
            # frames may have followed the question
            question = pace.question()
            if question:
                self.write(question)
        else:
            if isinstance(message, events.InputEvent):
                _pace(self.app).typed()
            super().process_message(message)


def _pace(app: "App[object]") -> Pace:
    pace = getattr(app, "pace", None)
    if not isinstance(pace, Pace):
        raise TypeError(f"{type(app).__name__} has no pace")
    return pace


def ready(app: "App[object]") -> bool:
    """Whether the terminal has taken enough of what was written to draw a live frame now.

    One from which nothing has come for long is asked again; that comes in place of frames.
    """
    pace = getattr(app, "pace", None)
    if not isinstance(pace, Pace) or pace.ready():
        return True
    if isinstance(app, HookedApp) and (question := pace.question()):
        app.to_terminal(question)
    return False
