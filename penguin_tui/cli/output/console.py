"""The one way to print: text through the gate to the terminal, colour only where it is welcome."""

import io
import json
import math
import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import click

from penguin_tui.presentation.blocks import Block, Line, Role, Span, joined, line
from penguin_tui.presentation.text import clipped
from penguin_tui.terminal.gate import visible, visible_lines

# how the roles of `presentation.blocks` look
STYLES: dict[Role, dict[str, Any]] = {
    "title": {"bold": True},
    "strong": {"bold": True},
    "muted": {"dim": True},
    "accent": {"bold": True},
    "good": {"fg": "green"},
    "warning": {"fg": "yellow"},
    "bad": {"fg": "red"},
}
# in a message; a path may be long
LONGEST_WORD, LONGEST_MESSAGE = 300, 2000


class WrongUse(click.ClickException):
    """A usage error: exit code 2, and nothing was stored."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Gated:
    """Standard output or error behind the gate, also for what libraries and Python itself write.

    `beneath` is for lines of this module, whose text has passed the gate already.
    """

    def __init__(self, beneath: TextIO) -> None:
        self.beneath = beneath

    def write(self, text: str) -> int:
        """Write; a file or a pipe gets the text as it is, a terminal what does no harm there."""
        self.beneath.write(visible_lines(text) if self.beneath.isatty() else text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.beneath, name)


def make_output_safe() -> None:
    """Put the gate before standard output and error.

    Characters that the terminal's encoding lacks become question marks, not errors.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # a shell started the program with this stream closed (`>&-`)
            stream = Path(os.devnull).open("w")  # noqa: SIM115 - stays open
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
        if not isinstance(stream, Gated):
            setattr(sys, name, Gated(stream))


def drop_output() -> None:
    """Nobody reads any more: keep Python from complaining about it while it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)


def commands_terminal(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that understands more than lines of text."""
    return stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown")


def terminal_columns(stream: TextIO) -> int | None:
    """How wide the terminal is, or None where the text goes elsewhere."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def coloured(stream: TextIO) -> bool:
    """Whether colours are welcome: on a terminal, unless NO_COLOR is set."""
    return commands_terminal(stream) and not os.environ.get("NO_COLOR")


def say(text: str | Line = "", *, err: bool = False) -> None:
    """Write a line; its roles are coloured where colours are welcome."""
    say_all([text], err=err)


def say_all(lines: Iterable[str | Line], *, err: bool = False) -> None:
    """Write several lines at once."""
    stream = sys.stderr if err else sys.stdout
    paint = coloured(stream)
    send(stream, "".join(f"{_sent(line, paint)}\n" for line in lines))


def send(stream: TextIO, text: str) -> None:
    """Write, as it is, what this module and its neighbours have made."""
    getattr(stream, "beneath", stream).write(text)
    stream.flush()


def rewrite_line(stream: TextIO, text: str = "") -> None:
    """Put a text in place of the terminal's last line; without one the line is empty again."""
    send(stream, f"\r{text}\x1b[K")


def say_file(text: str) -> None:
    """Write the text of a file: exactly to a file or a pipe, to a terminal as lines to read."""
    if sys.stdout.isatty():
        say_all(found.removesuffix("\r") for found in text.removesuffix("\n").split("\n"))
    else:
        send(sys.stdout, text)


def send_bytes(body: bytes) -> None:
    """Write a file, or a piece of one, to a file or a pipe; to a terminal goes text."""
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def say_piece(text: str) -> None:
    """Write text as it comes, which may end anywhere; a terminal gets it through the gate."""
    stream: TextIO = sys.stdout
    stream.write(text)


def _sent(found: str | Line, paint: bool) -> str:
    spans = line(found) if isinstance(found, str) else found
    if not paint:
        return "".join(visible(text) for text, _ in spans)
    return "".join(
        click.style(visible(text), **STYLES[role]) if role else visible(text)
        for text, role in spans
    )


def complain(message: str, hint: str = "") -> None:
    """Report on standard error what went wrong and what to do next."""
    first, *rest = [_short(text) for text in message.splitlines() if text.strip()] or [""]
    more = [f"       {text}" for text in (*rest, *map(_short, hint.splitlines()))]
    try:
        say_all([line(Span("Error: ", "bad"), first), *more], err=True)
    except OSError:
        # standard error cannot be written: the exit code has to say it
        drop_output()


def _short(text: str) -> str:
    """A line with a word of no end cut, so that what comes after it is read."""
    cut = re.sub(rf"\S{{{LONGEST_WORD},}}", lambda found: found[0][:LONGEST_WORD] + "…", text)
    return clipped(cut, LONGEST_MESSAGE)


def say_changes(differences: Iterable[str]) -> None:
    """Write on standard error how the environment differs from that of an earlier run."""
    for difference in differences:
        say((Span(f"Environment changed: {difference}", "warning"),), err=True)


def say_blocks(blocks: Iterable[Block]) -> None:
    """Write blocks to standard output, a blank line between them."""
    say_all(joined(blocks))


def say_json(value: Any, *, lines: bool = False) -> None:
    """Write one JSON value, over several lines unless `lines` is set."""
    say_all(json_text(value, None if lines else 2).split("\n"))


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON; all but printable ASCII is escaped, so the gate changes nothing in it."""
    text = json.dumps(_finite(value), indent=indent, allow_nan=False)
    return text.replace("\x7f", "\\u007f")


def _finite(value: Any) -> Any:
    """The value with null for figures that are no numbers, which JSON has not."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
