"""The question for the text of a file around a line of it."""

from typing import Annotated

from pydantic import Field

from engine.specs.data import DataSpec


class LinesSpec(DataSpec):
    """The first line of a file, and `lines` of those around the line `around`.

    Of the settings of the data the encoding alone counts. A line is cut off after `characters`.
    """

    around: Annotated[int, Field(ge=0)] = 1
    lines: Annotated[int, Field(ge=1, le=100)] = 40
    characters: Annotated[int, Field(ge=1, le=1_000)] = 300
