"""`python -m penguin_tui` is `penguin-tui`."""

from penguin_tui.cli.root import main

main()
