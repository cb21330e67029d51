"""Pictures between the lines that a command prints, where the terminal draws any."""

import os
import secrets
import select
import shutil
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import EngineError
from penguin_tui.cli.output.console import commands_terminal, say, send
from penguin_tui.pictures.encoding import not_shown, terminal_picture
from penguin_tui.presentation.text import size
from penguin_tui.terminal.graphics import ANSWER_PATTERN, Graphics, complete, question

# an answer that takes longer comes while the pictures are being made, and is dropped with what was
# typed meanwhile
ANSWER_SECONDS = 0.5
# lines of text that stay in view beside a picture
TEXT_LINES = 4


@contextmanager
def pictures() -> Iterator[Callable[[Path], None]]:
    """What shows a PNG file in the terminal; in one that draws none it does nothing."""
    asked = question(os.environ)
    if not (asked and commands_terminal(sys.stdout) and sys.stdin.isatty()):
        yield lambda path: None
        return
    before = termios.tcgetattr(sys.stdin)
    late = True
    try:
        tty.setcbreak(sys.stdin)
        send(sys.stdout, asked)
        graphics, late = _answered()
        if not late:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        yield lambda path: _show(graphics, path)
        if hint := not_shown(graphics):
            say(hint, err=True)
    finally:
        if late:
            termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, before)


def _answered() -> tuple[Graphics, bool]:
    """What the terminal has said in time, and whether more may come."""
    text, until = "", time.monotonic() + ANSWER_SECONDS
    while not complete(text) and (left := until - time.monotonic()) > 0:
        if not select.select([sys.stdin], [], [], left)[0]:
            break
        text += os.read(sys.stdin.fileno(), 1024).decode("utf-8", "replace")
    graphics = Graphics()
    for found in ANSWER_PATTERN.finditer(text):
        graphics = graphics.after(found[0])
    return graphics.measured(), not complete(text)


def _show(graphics: Graphics, path: Path) -> None:
    """The picture below the last line; what follows goes below it."""
    if not_shown(graphics) is not None:
        return
    room = shutil.get_terminal_size()
    rows = max(1, room.lines - TEXT_LINES)
    try:
        found = terminal_picture(graphics, path, 1 + secrets.randbits(31), room.columns, rows)
    except EngineError as error:
        say(error.message, err=True)
        return
    # room first, so that the terminal has scrolled before anything is drawn
    down, back = "\n" * found.rows, f"\x1b[{found.rows}A"
    send(sys.stdout, f"{down}{back}\x1b7{found.sequence}\x1b8\x1b[{found.rows}B\r")
    say(f"{size(len(found.sequence))} were sent to show it.")
