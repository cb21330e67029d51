r"""Gives the terminal back, whatever ends the workbench: a fault in native code, a kill, Ctrl+\.

The workbench runs in a child process. The shell waits for this one, which does nothing but wait
for the child, so that the terminal is itself again before the next prompt.
"""

import os
import signal
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

# mouse, pastes, focus, sizes and frames are reported no more; keys, style, wrapping, screen and
# cursor are those of the shell
RESTORE: Final = (
    "".join(
        f"\x1b[?{mode}l" for mode in (1000, 1002, 1003, 1006, 1015, 1016, 2004, 1004, 2048, 2026)
    )
    + "\x1b[<u\x1b[0m\x1b[?7h\x1b[?1049l\x1b[?25h"
)
# what this process is sent is meant for the workbench
PASSED_ON: Final = (
    signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGCONT,
)  # fmt: skip


def keeping_terminal(workbench: Callable[[], int]) -> int:
    """Run the workbench; returns its exit code, in both processes.

    Call it before there is a thread.
    """
    before = termios.tcgetattr(sys.stdin)
    child = os.fork()
    if child == 0:
        return workbench()
    for each in PASSED_ON:
        signal.signal(each, lambda number, _: pass_on(child, number))
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            # the shell has to see it stop; it continues both
            os.kill(os.getpid(), signal.SIGSTOP)
        else:
            break
    if os.WIFEXITED(status):
        return os.WEXITSTATUS(status)
    number = os.WTERMSIG(status)
    _restore(before, f"The workbench was ended by {signal.Signals(number).name}; runs continue.")
    return 128 + number


def pass_on(child: int, number: int) -> None:
    """Send the workbench the signal that this process got; one that has ended needs it no more."""
    with suppress(ProcessLookupError):
        os.kill(child, number)


def _restore(before: list[Any], told: str) -> None:
    try:
        termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, before)
        # past the gate, where a sequence would be made visible
        os.write(2, f"{RESTORE}{told}\r\n".encode())
    except (OSError, termios.error):
        # the terminal itself has gone
        return
