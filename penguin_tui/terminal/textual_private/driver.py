"""What a terminal sends, taken apart; and what is sent to it."""

import os
import re
import termios
import time
from collections.abc import Iterable
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from penguin_tui.terminal.gate import passes
from penguin_tui.terminal.graphics import ANSWER, BEGUN

# a slower answer than this is taken for keys, as is what stops in the middle of one
ANSWER_SECONDS, HOLD_SECONDS = 3.0, 0.1


class ColourAnswer(Message):
    """The terminal has said which colours it keeps; sent once, to the app."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class GraphicsAnswer(Message):
    """The terminal has said something about the pictures that it draws; sent to the app."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class EscapingParser(XTermParser):
    """Takes Escape for a key of its own, also when the next key arrives with it.

    The workbench has no Alt combinations. `[` and `O` behind an Escape stay the beginning of a
    sequence, as every terminal has it. A paste is one message whatever is in it: Textual makes
    keys of what follows an Escape.
    """

    _ALONE = re.compile("\x1b(?=[^\x1b\\[O])")
    _BEGIN, _END = "\x1b[200~", "\x1b[201~"
    _COLOUR = "\x1bP[01]\\$r([0-9;:]*)m\x1b\\\\"
    _ANSWER = re.compile(f"({_COLOUR}|{ANSWER})")
    _BEGUN = re.compile(rf"(?:\x1b(P([01](\$(r[0-9;:]*(m\x1b?)?)?)?)?)?|{BEGUN})$")
    # until then what may be the beginning of an answer waits for its end
    answer_until = 0.0
    _held, _held_until = "", 0.0
    _pasting = False
    # of a paste all that has been read, else the end of it
    _read = ""

    def feed(self, data: str) -> Iterable[Message]:
        """The tokens of what has been read; nothing means the end."""
        if not data:
            yield from super().feed(data)
        while data:
            known = len(self._read)
            self._read += data
            mark = self._END if self._pasting else self._BEGIN
            before, found, data = self._read.partition(mark)
            if self._pasting and found:
                yield events.Paste(before.replace("\0", ""))
            if not self._pasting:
                yield from self._typed((before + found)[known:])
            elif found:
                yield from self._typed(found)
            if found:
                self._pasting, self._read = not self._pasting, ""
            elif not self._pasting:
                self._read = before[1 - len(mark) :]

    def tick(self) -> Iterable[Message]:
        """What has waited for the rest of an answer that does not come was typed."""
        if self._held and time.monotonic() > self._held_until:
            text, self._held = self._held, ""
            yield from self._keys(text)
        yield from super().tick()

    def _typed(self, text: str) -> Iterable[Message]:
        text, self._held = self._held + text, ""
        if time.monotonic() < EscapingParser.answer_until and (cut := self._BEGUN.search(text)):
            text, self._held = text[: cut.start()], cut[0]
            self._held_until = time.monotonic() + HOLD_SECONDS
        read = 0
        for found in self._ANSWER.finditer(text):
            yield from self._keys(text[read : found.start()])
            colour = found[2]
            yield GraphicsAnswer(found[0]) if colour is None else ColourAnswer(colour)
            read = found.end()
        yield from self._keys(text[read:])

    def _keys(self, text: str) -> Iterable[Message]:
        for place, part in enumerate(self._ALONE.split(text)):
            if place:
                yield events.Key("escape", "\x1b")
            for token in super().feed(part) if part else ():
                # its own idea of a paste is an empty one
                if not isinstance(token, events.Paste):
                    yield token

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if alt:
            yield events.Key("escape", "\x1b")
        elif len(sequence) == 2 and sequence[0] == "\x1b" and sequence[1] not in "[O":
            yield events.Key("escape", "\x1b")
            sequence = sequence[1]
        yield from super()._sequence_to_key_events(sequence)


linux_driver.XTermParser = EscapingParser  # type: ignore[attr-defined]


class HookedDriver(LinuxDriver):
    """Textual's own driver with its app in the open, and the gate before the terminal.

    It asks the terminal itself for its size: Textual believes COLUMNS and LINES first, and
    where a shell exports them the window would keep the size that it had when that started.
    """

    @property
    def app(self) -> App[Any]:
        """The app that it works for."""
        return self._app

    @property
    def synchronized_apart(self) -> tuple[str, str]:
        """What has a terminal show the part of a frame that it has got; what goes before the rest.

        Empty for one that shows everything as it comes.
        """
        return ("\x1b[?2026l", "\x1b[?2026h") if self._app._sync_available else ("", "")

    def write(self, data: str) -> None:
        """Send what the workbench has made; anything else (a bell, a title) is dropped."""
        if passes(data):
            super().write(data)

    @classmethod
    def _patch_lflag(cls, attrs: int) -> int:
        return super()._patch_lflag(attrs) | termios.ISIG

    def start_application_mode(self) -> None:
        r"""Of the keys that are signals leave Ctrl+\ alone, which ends what hangs."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        modes = termios.tcgetattr(self.fileno)
        none = bytes([os.fpathconf(self.fileno, "PC_VDISABLE") & 0xFF])
        modes[6][termios.VINTR] = modes[6][termios.VSUSP] = none
        termios.tcsetattr(self.fileno, termios.TCSANOW, modes)

    def stop_application_mode(self) -> None:
        """Leave the terminal in its own colours: the last frame's are still set."""
        self.write("\x1b[0m")
        super().stop_application_mode()

    def _get_terminal_size(self) -> tuple[int, int]:
        try:
            found = os.get_terminal_size(self.fileno)
        except OSError:
            return super()._get_terminal_size()
        return found.columns or 80, found.lines or 24
