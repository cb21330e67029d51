"""What a figure is before it is drawn: its name, the data behind it, and how to draw them."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from engine.runs.state import RunState
from engine.specs.kinds.about_run import AboutRun
from engine.specs.run_spec import RunSpec


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What was wanted of a run, what has become of it, and where what it has kept is found."""

    spec: RunSpec
    state: RunState
    kept: AboutRun | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure that a run has.

    `name` ends its file's name. `draw` makes the figure of `data`, a row for each mark, which is
    all that it shows and goes to a CSV on request. `note` says what of the run is not in it.
    """

    name: str
    data: pd.DataFrame
    draw: Callable[[pd.DataFrame], Figure]
    note: str = ""
