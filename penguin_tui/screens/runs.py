"""Runs: every run there has been."""

from penguin_tui.screens.coming import ComingScreen


class RunsScreen(ComingScreen):
    """The table of all runs."""

    PLACE = "runs"
