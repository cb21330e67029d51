"""A terminal in a program: a pseudo-terminal whose other end is an emulator (pyte).

It runs a program as a person would, types keys, shows what is on screen, counts
bytes with the times they came, and can be made as slow as a bad link.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import pyte

# what pyte takes for text: the keyboard protocol and questions about private modes
_UNKNOWN = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")
_CURSOR_QUESTION = b"\x1b[6n"
# whether frames are shown once they are complete, and the answer that they are; where one is held
_SYNCHRONIZED_QUESTION, _SYNCHRONIZED = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_HOLD, _SHOW = b"\x1b[?2026h", b"\x1b[?2026l"
# what an emulator keeps in its own queue is small; the kernel's own buffer comes on top
_READ = 4096


class Terminal:
    """A program in a pseudo-terminal of its own; use as a context manager.

    `rate` limits how many bytes a second are read (None: all at once). An
    emulator that `answers` replies to the question where its cursor is, after it
    has read everything before, as real ones do. Without `draw` there is no
    screen, only the bytes in `received`: drawing takes time from what is measured.
    One that is `synchronized` shows a frame once it is complete, as most do today.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        rate: float | None = None,
        answers: bool = True,
        draw: bool = True,
        synchronized: bool = False,
    ) -> None:
        self._rate = rate
        self._answers = answers
        self._draw = draw
        self._synchronized = synchronized
        self._held = b""
        self._lock = threading.Lock()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._kept = b""
        self.history: list[tuple[float, int]] = []
        self.received: list[tuple[float, bytes]] = []
        self.changed = threading.Event()
        self.started = time.perf_counter()
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor"})
            os.environ.update(env or {})
            os.execvp(command[0], list(command))
        self.resize(columns, rows)
        self._status: int | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    # -- as a person ---------------------------------------------------------------------------

    def press(self, keys: str) -> float:
        """Type; returns the moment it was typed."""
        # before, because the answer may be there before this thread goes on
        typed = time.perf_counter()
        os.write(self._master, keys.encode())
        return typed

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        with self._lock:
            self._screen.resize(rows, columns)
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    @property
    def lines(self) -> list[str]:
        """What is on screen."""
        with self._lock:
            return list(self._screen.display)

    @property
    def text(self) -> str:
        """What is on screen, as one text."""
        return "\n".join(self.lines)

    @property
    def painted(self) -> bool:
        """Whether the last row has been painted (its colour is not the terminal's own)."""
        with self._lock:
            row = self._screen.buffer[self._screen.lines - 1]
            return row[self._screen.columns // 2].bg != "default"

    def marked(self, rows: Iterable[int]) -> tuple[str, ...]:
        """What is underlined in these rows or has a ground of its own: a place, a tab, a key."""
        with self._lock:
            lines = [self._screen.buffer[row] for row in rows]
            return tuple(
                "".join(
                    line[x].data
                    for x in range(self._screen.columns)
                    if line[x].underscore or line[x].bg != line[0].bg
                )
                for line in lines
            )

    def grounds(self, column: int) -> tuple[str, ...]:
        """The background of each row in a column."""
        with self._lock:
            return tuple(self._screen.buffer[row][column].bg for row in range(self._screen.lines))

    def wait_for(
        self, wanted: "str | Callable[[], bool]", seconds: float = 30.0, still: bool = True
    ) -> float:
        """Wait until a text is on screen, or a condition holds; returns the moment.

        Raises AssertionError with the screen when it never comes, or when the
        program ends before (unless it need not be alive: `still`).
        """
        holds = wanted if callable(wanted) else lambda: wanted in self.text
        deadline = time.perf_counter() + seconds
        while True:
            self.changed.clear()
            if holds():
                return time.perf_counter()
            if time.perf_counter() > deadline or (still and self._ended):
                raise AssertionError(f"{wanted!r} never came; on screen was:\n{self.text}")
            self.changed.wait(0.05)

    def seen(self, wanted: bytes, since: float, seconds: float = 30.0) -> float | None:
        """When these bytes had come for the first time after `since`; None if they do not.

        What is searched is what came, not what is shown.
        """
        deadline = time.perf_counter() + seconds
        come, place = b"", 0
        while time.perf_counter() < deadline:
            self.changed.clear()
            for at, data in self.received[place:]:
                place += 1
                if at < since:
                    continue
                come += data
                if wanted in come:
                    return at
                # it may begin in what came so far
                come = come[-len(wanted) :]
            self.changed.wait(0.01)
        return None

    def bytes_since(self, moment: float) -> int:
        """Bytes that have come since then."""
        return sum(size for at, size in self.history if at >= moment)

    # -- the program ---------------------------------------------------------------------------

    def wait(self, seconds: float = 30.0) -> int:
        """Wait for the program's end; returns its exit code, negative for a signal."""
        deadline = time.monotonic() + seconds
        while self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise AssertionError(f"the program does not end; on screen was:\n{self.text}")
            else:
                time.sleep(0.01)
        return self._status

    @property
    def workbench(self) -> int:
        """The process that draws; the one that was started waits for it."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return int(children[0]) if children else self.pid

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def wait_until_stopped(self) -> None:
        """Wait until the program has stopped itself (as after Ctrl+Z)."""
        _, status = os.waitpid(self.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            raise AssertionError("the program has ended instead of stopping")

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self._master)
        self._master = -1

    def attributes(self) -> list[object]:
        """The terminal's modes (echo, line editing …)."""
        return list(termios.tcgetattr(self._master))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()
        self._thread.join(timeout=5)
        if self._master >= 0:
            os.close(self._master)

    # -- the other end -------------------------------------------------------------------------

    def _read(self) -> None:
        due = 0.0
        while True:
            master = self._master
            try:
                if not select.select([master], [], [], 0.5)[0]:
                    continue
                # a slow link passes small packets on
                data = os.read(master, _READ if self._rate is None else 256)
            except (OSError, ValueError):
                break
            if not data:
                break
            if self._rate is not None:
                # by the clock, so that a sleep that took too long is made good by the next
                due = max(due, time.perf_counter() - 0.05) + len(data) / self._rate
                time.sleep(max(0.0, due - time.perf_counter()))
            now = time.perf_counter()
            self.history.append((now, len(data)))
            self.received.append((now, data))
            self._take(data)
            self.changed.set()
        self._ended = True
        self.changed.set()

    def _take(self, data: bytes) -> None:
        data = self._kept + data
        # a sequence that is cut in two waits for its other half
        cut = data.rfind(b"\x1b")
        unfinished = cut >= 0 and not re.match(
            rb"\x1b(\[[0-9;?<>=$]*[^0-9;?<>=$]|[^\[])", data[cut:]
        )
        self._kept = data[cut:] if unfinished else b""
        data = data[:cut] if unfinished else data
        answer = b"\x1b[1;1R" * data.count(_CURSOR_QUESTION) if self._answers else b""
        if self._synchronized:
            answer += _SYNCHRONIZED * data.count(_SYNCHRONIZED_QUESTION)
        if self._draw:
            with self._lock:
                shown = _UNKNOWN.sub(b"", self._complete(data)).replace(_CURSOR_QUESTION, b"")
                self._stream.feed(shown)
        if answer:
            # a window that has been closed meanwhile answers nothing
            with suppress(OSError):
                os.write(self._master, answer)

    def _complete(self, data: bytes) -> bytes:
        """Of what has come what may be shown now; the rest of a frame waits for its end."""
        data, self._held = self._held + data, b""
        begun = data.rfind(_HOLD)
        if self._synchronized and begun > data.rfind(_SHOW):
            data, self._held = data[:begun], data[begun:]
        return data
