"""What is on screen in the first moments, until the Data screen has been loaded."""

from collections.abc import Iterable

from textual.widget import Widget

from penguin_tui.screens.base import WorkScreen


class LoadingScreen(WorkScreen):
    """The frame of the workbench with nothing in it yet."""

    PLACE = "data"

    def compose_body(self) -> Iterable[Widget]:
        """Nothing: it is gone before it could be read."""
        return ()
