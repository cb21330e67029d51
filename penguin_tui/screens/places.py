"""The places of the workbench in their order: a new screen is a module and an entry here.

Modules are named and not imported, because a screen is loaded when it is first shown; the
screens import this table, for their navigation.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from textual.screen import Screen

from penguin_tui.bars.link_bar import Link


@dataclass(frozen=True, slots=True)
class Place:
    """A screen of the navigation."""

    key: str
    name: str
    title: str
    module: str
    screen: str
    tooltip: str
    # where the navigation has no room for all titles
    short: str = ""

    def load(self) -> type[Screen[Any]]:
        """The class of the screen; imports its module, which may take half a second."""
        found: type[Screen[Any]] = getattr(import_module(self.module), self.screen)
        return found

    @property
    def link(self) -> Link:
        """The place in the navigation."""
        return Link(self.key, self.title, f"app.go('{self.name}')", short=self.short)


PLACES = (
    Place("1", "data", "Data", "penguin_tui.screens.data", "DataScreen",
          "Columns, distributions and classes of the data."),
    Place("2", "baseline", "Baseline", "penguin_tui.screens.baseline", "BaselineScreen",
          "Logistic regression, the figure to beat."),
    Place("3", "train", "Train", "penguin_tui.screens.train", "TrainScreen",
          "Set up a network and watch it learn."),
    Place("4", "sweep", "Sweep", "penguin_tui.screens.sweep", "SweepScreen",
          "One hyperparameter over a range of values."),
    Place("5", "search", "Search", "penguin_tui.screens.search", "SearchScreen",
          "Search for the best hyperparameters."),
    Place("6", "runs", "Runs", "penguin_tui.screens.runs.screen", "RunsScreen",
          "All runs, live and finished."),
    Place("7", "evaluate", "Evaluate", "penguin_tui.screens.evaluate", "EvaluateScreen",
          "One configuration on many splits, beside simpler models."),
    Place("8", "playground", "Playground", "penguin_tui.playground.screen", "PlaygroundScreen",
          "Turn a setting and see at once what it does.", short="Play"),
)  # fmt: skip


def place(name: str) -> Place:
    """The place of that name."""
    return next(found for found in PLACES if found.name == name)
