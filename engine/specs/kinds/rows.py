"""The question for a page of a table's rows."""

from typing import Annotated

from pydantic import Field

from engine.specs.data import DataSpec

MAX_ROWS = 1_000
MAX_COLUMNS = 1_000

Count = Annotated[int, Field(ge=0)]
Condition = Annotated[str, Field(max_length=10_000)]


class RowsSpec(DataSpec):
    """Rows of a file from `offset` on, in the order of `sort`, of which each condition holds.

    Of the settings of the data those count that say how a file is read. A column of the default
    target's name need not be there: whoever looks at rows need not know yet what to predict.
    """

    offset: Count = 0
    rows: Annotated[int, Field(ge=0, le=MAX_ROWS)] = 100
    first_column: Count = 0
    columns: Annotated[int, Field(ge=1, le=MAX_COLUMNS)] = 100
    # characters of a cell, at most
    characters: Annotated[int, Field(ge=1)] = 100
    # the column; None: as in the file
    sort: str | None = None
    descending: bool = False
    where: tuple[Condition, ...] = ()
