"""What a figure is before it is drawn: its name, the data behind it, and how to draw them."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from engine.runs.state import RunState
from engine.specs.run_spec import RunSpec


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What was wanted of a run, and what has become of it."""

    spec: RunSpec
    state: RunState


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
