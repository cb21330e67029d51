"""The question for what a run makes of one row."""

from typing import Annotated

from pydantic import Field

from engine.specs.base import Frozen

Cell = Annotated[str, Field(max_length=10_000)]


class PredictRowQuestion(Frozen):
    """What run `run` of the folder `home` predicts for a row whose `cells` are as typed.

    A column that is not among them has its typical value. `data_row` (from 1) takes all of them
    from the run's own data instead.
    """

    home: str
    run: int
    cells: dict[str, Cell] = Field(default_factory=dict)
    # the rule by which the asker knows it to decide: another one is read anew
    rule: str = ""
    data_row: Annotated[int, Field(ge=1)] | None = None
