"""What networks trained at a key press have learnt, seen in a plane through their features."""

from base64 import b64decode

from engine.results.prediction import RowPrediction
from engine.results.scores import ConfusionMatrix
from engine.results.search import Point
from engine.results.statistics import Band
from engine.specs.base import Frozen

# a distance to the nearest training row that is usual among them (`Regions.distance`)
USUAL_DISTANCE = 64


class PlaneAxis(Frozen):
    """An axis of a plane, from the outer edge of its first cell to that of its last.

    In the units of the column `name`; of principal components in those of the scaled features.
    """

    name: str
    low: float
    high: float


class Regions(Frozen):
    """Cells of a plane, `columns` x `rows`, row by row from the top; a byte each, in Base64.

    `classes` has the class that is predicted, `certainty` 255 times its probability (of a
    committee the fraction of its votes), `distance` that to the nearest training row: 64 times what
    95 % of the training rows have to their own nearest, 255 at most.
    """

    columns: int
    rows: int
    classes: str
    certainty: str
    distance: str

    def cells(self) -> tuple[bytes, bytes, bytes]:
        """Class, certainty and distance of each cell."""
        return b64decode(self.classes), b64decode(self.certainty), b64decode(self.distance)


class PlottedRows(Frozen):
    """Training and validation rows in the plane, a sample where there are many.

    Each has its place, its class by number, whether it is a `validation` row, and whether it is
    `wrong`: misclassified.
    """

    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    classes: tuple[int, ...] = ()
    validation: tuple[bool, ...] = ()
    wrong: tuple[bool, ...] = ()


class PlaygroundAnswer(Frozen):
    """The networks of a setting: how they learnt, what they are worth, what they say of a plane.

    `curve` has accuracies by epoch; `train` and `validation` are those of the kept networks; as
    published there is no validation set.
    `choices` are the columns that an axis may have. `row` is what they say of the row that the
    plane goes through; of a committee its probabilities are fractions of votes. `diverged` networks
    are in none of the figures. `validation_set` names the rows that were looked at. Of a training
    that is watched all are as they were after `epoch` of `epochs`, but for the curve.
    """

    labels: tuple[str, ...]
    axes: tuple[PlaneAxis, PlaneAxis]
    choices: tuple[str, ...]
    regions: Regions
    plotted: PlottedRows
    curve: tuple[Point, ...]
    train: Band
    validation: Band | None
    confusion: ConfusionMatrix | None
    row: RowPrediction
    networks: int
    diverged: int
    parameters: int
    rows_used: int
    rows_most: int
    validation_rows: int
    validation_set: str
    notes: tuple[str, ...] = ()
    epoch: int = 0
    epochs: int = 0
    epoch_kept: int = 0


class Compiled(Frozen):
    """How many programs were compiled ahead."""

    programs: int


class ToyFile(Frozen):
    """Where toy data were written; their class is in the column `target`."""

    path: str
    target: str
