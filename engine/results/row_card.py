"""Rows of a run's data one by one: those behind a cell of its confusion matrix, and one of them."""

from engine.results.predictions import SetName
from engine.specs.base import Frozen


class CellRow(Frozen):
    """A row of a cell: its number in the file from 1, the probabilities of the two classes."""

    row: int
    of_predicted: float
    of_actual: float
    cells: tuple[str, ...]


class CellRows(Frozen):
    """The rows behind a cell, the surest first: those that are listed of `total`.

    `columns` name their cells.
    """

    data_set: SetName
    actual: str
    predicted: str
    total: int
    columns: tuple[str, ...]
    rows: tuple[CellRow, ...]


class ClassValues(Frozen):
    """A column in the training rows of a class: median and quartiles of numbers and moments.

    Of categories `fraction` is that of the rows with the category of the card.
    """

    middle: str = ""
    low: str = ""
    high: str = ""
    fraction: float | None = None


class CardColumn(Frozen):
    """The cell of a row, beside that column in each class, in the order of the labels."""

    name: str
    cell: str
    classes: tuple[ClassValues, ...]


class Neighbour(Frozen):
    """A training row near another, by the Euclidean distance of their preprocessed features."""

    row: int
    label: str
    distance: float
    cells: tuple[str, ...]


class RowCard(Frozen):
    """A row of the run's data: what it is, what the run said of it, and what is near it.

    `probabilities` are those that the run has kept, in the order of `labels`. Neighbours' cells are
    those of the same columns. `of_columns` are all that there are.
    """

    row: int
    data_set: SetName
    actual: str
    predicted: str
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    columns: tuple[CardColumn, ...]
    of_columns: int
    neighbours: tuple[Neighbour, ...]
