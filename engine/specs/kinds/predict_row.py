"""The question for what a run makes of one row."""

from typing import Annotated

from pydantic import Field

from engine.specs.kinds.about_run import AboutRun

Cell = Annotated[str, Field(max_length=10_000)]


class PredictRowQuestion(AboutRun):
    """What a run predicts for a row whose `cells` are as typed.

    A column that is not among them has its typical value. `data_row` (from 1) takes all of them
    from the run's own data instead.
    """

    cells: dict[str, Cell] = Field(default_factory=dict)
    data_row: Annotated[int, Field(ge=1)] | None = None
