"""The command line: the same runs as the workbench, for a shell and for scripts.

Every command lives in a module of its own that is imported when it is called:
`penguin-tui --version` loads next to nothing.
"""

import gc
import os

from engine.environment.interpreter import restart_isolated


def main() -> None:
    """Entry point of `penguin-tui`."""
    restart_isolated()
    # imports leave hardly any garbage: looking for it took a twentieth of a command
    gc.set_threshold(100_000)
    # whatever the umask, this program can read what it writes
    os.umask(os.umask(0o077) & 0o077)
    from engine.environment.garbage import leave_uncollected
    from penguin_tui.cli.root import main as command_line

    try:
        command_line()
    finally:
        leave_uncollected()
