"""`python -m penguin_tui` is `penguin-tui`."""

from penguin_tui.cli import main

main()
