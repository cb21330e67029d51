"""The process that gives the terminal back."""

import os
import signal

from penguin_tui.terminal.keeper import pass_on


def test_a_signal_for_a_workbench_that_has_just_ended_is_nobodys() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    # both are sent what the terminal sends, and the workbench may be the first to end
    pass_on(child, signal.SIGQUIT)
