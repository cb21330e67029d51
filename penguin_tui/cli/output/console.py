"""Writing to the terminal: safe text, colour only where it is welcome."""

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

from penguin_tui.presentation.blocks import Block, Line, Role, joined
from penguin_tui.presentation.text import sanitize

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
LONGEST_WORD = 300


class WrongUse(click.ClickException):
    """A usage error: exit code 2, and nothing was stored."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def make_output_safe() -> None:
    """Let characters that the terminal's encoding lacks become question marks, not errors."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # a shell started the program with this stream closed (`>&-`)
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - stays open
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


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


def say(text: str = "", *, err: bool = False) -> None:
    """Write a line; styles in it are dropped where colours are not welcome."""
    stream = sys.stderr if err else sys.stdout
    click.echo(text, err=err, color=coloured(stream))


def say_all(lines: Iterable[str]) -> None:
    """Write several lines to standard output."""
    for line in lines:
        say(line)


def complain(message: str, hint: str = "") -> None:
    """Report on standard error what went wrong and what to do next."""
    lines = [sanitize(_short(line), 2000) for line in message.splitlines() if line.strip()]
    try:
        say(click.style("Error: ", fg="red", bold=True) + "\n       ".join(lines), err=True)
        for line in hint.splitlines():
            say("       " + sanitize(line, 2000), err=True)
    except OSError:
        # standard error cannot be written: the exit code has to say it
        drop_output()


def _short(line: str) -> str:
    """The line with a word of no end cut, so that what comes after it is read."""
    return re.sub(rf"\S{{{LONGEST_WORD},}}", lambda found: found[0][:LONGEST_WORD] + "…", line)


def heading(text: str) -> str:
    """A heading, in bold where that is welcome."""
    return click.style(text, **STYLES["title"])


def caution(text: str) -> str:
    """Something to look at twice."""
    return click.style(text, **STYLES["warning"])


def say_changes(differences: Iterable[str]) -> None:
    """Write on standard error how the environment differs from that of an earlier run."""
    for difference in differences:
        say(caution(f"Environment changed: {sanitize(difference)}"), err=True)


def styled(line: Line) -> str:
    """A line with the codes for its roles."""
    return "".join(click.style(text, **STYLES[role]) if role else text for text, role in line)


def say_blocks(blocks: Iterable[Block]) -> None:
    """Write blocks to standard output, a blank line between them."""
    say_all(styled(line) for line in joined(blocks))


def say_json(value: Any, *, lines: bool = False) -> None:
    """Write one JSON value, over several lines unless `lines` is set."""
    click.echo(json_text(value, None if lines else 2))


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON; escapes all but ASCII, so nothing in it can reach a terminal."""
    return json.dumps(_finite(value), indent=indent, allow_nan=False)


def _finite(value: Any) -> Any:
    """The value with null for figures that are no numbers, which JSON has not."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
