"""The six places of the workbench: their keys, and where their screens are found."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from penguin_tui.screens.base import WorkScreen


@dataclass(frozen=True, slots=True)
class Place:
    """One screen of the navigation; its module is imported when it is first shown."""

    key: str
    name: str
    title: str
    module: str
    screen: str
    tooltip: str

    def load(self) -> "type[WorkScreen]":
        """The class of the screen."""
        found: type[WorkScreen] = getattr(import_module(self.module), self.screen)
        return found


PLACES = (
    Place("1", "data", "Data", "penguin_tui.screens.data", "DataScreen", "Look at the data."),
    Place(
        "2", "baseline", "Baseline", "penguin_tui.screens.baseline", "BaselineScreen",
        "Logistic regression, the figure to beat.",
    ),
    Place(
        "3", "train", "Train", "penguin_tui.screens.train", "TrainScreen",
        "Set up a network and watch it learn.",
    ),
    Place(
        "4", "sweep", "Sweep", "penguin_tui.screens.sweep", "SweepScreen", "Vary one setting."
    ),
    Place(
        "5", "search", "Search", "penguin_tui.screens.search", "SearchScreen",
        "Look for the best settings.",
    ),
    Place(
        "6", "runs", "Runs", "penguin_tui.screens.runs", "RunsScreen", "Every run there has been."
    ),
)  # fmt: skip

# the screen with the form for a kind of run
FORMS = {
    "baseline": "baseline", "describe": "data", "train": "train", "sweep": "sweep",
    "random_search": "search", "grid_search": "search", "hyperband": "search",
}  # fmt: skip


def place(name: str) -> Place:
    """The place of that name."""
    return next(found for found in PLACES if found.name == name)
