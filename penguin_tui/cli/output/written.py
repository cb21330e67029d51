"""Files as they are written: steps on a terminal, then where each went."""

import sys
from collections.abc import Iterable

from engine.client.file_process import Written
from engine.errors import FilesExist
from penguin_tui.cli.output.console import WrongUse, commands_terminal, rewrite_line, say, send


def show_written(found: Iterable[Written], path: str, *, err: bool = False) -> None:
    """Take what is written until its end, and say it; `path` is the target as it was typed.

    Raises `WrongUse` where something is there already, and what the writing raises.
    """
    shows = commands_terminal(sys.stderr)
    target = ""
    try:
        for written in found:
            _clear(shows)
            if written.step and shows:
                send(sys.stderr, f"{written.step} …")
            elif written.path:
                # the first is what was asked for, under the name that it was given
                say(f"{written.path if target else path}: {written.size:,} bytes", err=err)
                target = target or written.path
            elif written.note:
                say(written.note, err=err)
    except FilesExist as error:
        raise WrongUse(error.message, error.hint) from error
    finally:
        _clear(shows)


def _clear(shows: bool) -> None:
    """Take the line of progress away."""
    if shows:
        rewrite_line(sys.stderr)
