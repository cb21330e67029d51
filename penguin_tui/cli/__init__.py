"""The command line: the same runs as the workbench, for a shell and for scripts.

Every command lives in a module of its own that is imported when it is called:
`penguin-tui --version` loads next to nothing.
"""

# what the installed script `penguin-tui` calls; everything else imports from the module itself
from penguin_tui.cli.root import main

__all__ = ["main"]
