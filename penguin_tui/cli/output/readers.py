"""Whether anybody is left to read what a command is going to print."""

import io
import os
import select
import stat
import sys
from typing import TextIO

_GONE = select.POLLHUP | select.POLLERR


def end_without_readers() -> None:
    """Raise BrokenPipeError when the client has gone and nobody will read the output.

    Without a terminal no signal says so (`ssh host penguin-tui run …`): whoever waits looks now
    and then. A file goes on being written, whoever has started the command.
    """
    found = [_is_read(stream) for stream in (sys.stdout, sys.stderr)]
    if False in found and True not in found:
        raise BrokenPipeError


def _is_read(stream: TextIO) -> bool | None:
    """Whether a stream has a reader or is a file; None for a device that keeps nothing."""
    try:
        descriptor = stream.fileno()
    except io.UnsupportedOperation:
        # no descriptor of the system is behind it
        return True
    poll = select.poll()
    poll.register(descriptor, 0)
    if any(events & _GONE for _, events in poll.poll(0)):
        return False
    kept_nowhere = stat.S_ISCHR(os.fstat(descriptor).st_mode) and not stream.isatty()
    return None if kept_nowhere else True
