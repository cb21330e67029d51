"""The questions for the rows behind a cell of a confusion matrix, and for all about one row."""

from typing import Annotated, Literal

from pydantic import Field

from engine.specs.kinds.about_run import AboutRun

Code = Annotated[int, Field(ge=0)]


class CellRowsQuestion(AboutRun):
    """The rows of a set that are of the class `actual` and were classified as `predicted`."""

    data_set: Literal["train", "validation", "test"]
    actual: Code
    predicted: Code


class RowCardQuestion(AboutRun):
    """All about data row `row` of the run's file, counted from 1."""

    row: Annotated[int, Field(ge=1)]
