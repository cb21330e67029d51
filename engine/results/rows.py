"""What a query for rows results in: a page of a table."""

from engine.specs.base import Frozen


class RowsPage(Frozen):
    """Rows `offset` and following of those `found`, of the columns `first_column` and following.

    `total` and `columns` are of the whole table. `numbers` counts the rows of the file from 1. A
    cell is as it was read, None where it is missing; `numeric` says which columns hold numbers.
    """

    total: int
    found: int
    offset: int
    columns: int
    first_column: int
    names: tuple[str, ...]
    numeric: tuple[bool, ...]
    numbers: tuple[int, ...]
    cells: tuple[tuple[str | None, ...], ...]
