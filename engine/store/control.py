"""Requests to the engine that need no write: a named pipe that it reads.

A request is put into the store, where it is kept until an engine takes it. Where
the store cannot be written (a full disk, another program that holds it, a file
that is no store any more) it goes through this pipe, one line each.
"""

import logging
import os
from pathlib import Path
from typing import get_args

from engine.store.home import private_folder, wake_path
from engine.store.records import RequestKind
from engine.store.wake import CONTROL, named_pipe, write_to_pipe

log = logging.getLogger("engine")

_READ_BYTES = 65536


class Control:
    """The engine's end; `descriptor` can be waited for, and is -1 where there are no pipes."""

    def __init__(self, home: Path) -> None:
        try:
            self.descriptor = named_pipe(private_folder(wake_path(home)), CONTROL)
        except OSError as error:
            log.warning("requests come through the store alone: %s", error)
            self.descriptor = -1

    def read(self) -> list[tuple[int | None, RequestKind]]:
        """What has been requested since the last call, of which run; None is the engine."""
        if self.descriptor < 0:
            return []
        try:
            lines = os.read(self.descriptor, _READ_BYTES).decode(errors="replace").splitlines()
        except BlockingIOError:
            return []
        return [request for line in lines if (request := _parsed(line)) is not None]


def tell_engine(home: Path, run: int | None, what: RequestKind) -> bool:
    """Put a request through the pipe; says whether an engine reads it."""
    return write_to_pipe(home, CONTROL, f"{what} {run or 0}\n".encode())


def _parsed(line: str) -> tuple[int | None, RequestKind] | None:
    what, _, run = line.partition(" ")
    for known in get_args(RequestKind):
        if what == known and run.isascii() and run.isdigit():
            return int(run) or None, known
    log.warning("a request that is none: %r", line[:100])
    return None
