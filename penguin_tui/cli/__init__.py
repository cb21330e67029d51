"""The command line: the same runs as the workbench, for a shell and for scripts.

Every command lives in a module of its own that is imported when it is called:
`penguin-tui --version` loads next to nothing.
"""

from penguin_tui.cli.root import cli, main

__all__ = ["cli", "main"]
