"""The question for networks that are trained anew at a key press, and what they make of a plane."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from engine.specs.base import MAX_SEED, Frozen
from engine.specs.data import DataSpec
from engine.specs.kinds.predict_row import Cell
from engine.specs.network import NetworkSpec

ToyShape = Literal["circles", "moons", "spirals", "blobs", "xor"]
TOY_SHAPES: tuple[ToyShape, ...] = get_args(ToyShape)
# networks whose mean is shown: as many seeds, or as many samples of the training rows
NETWORKS = {"seeds": 5, "bootstraps": 50}
# of each set, at most: a key press must not wait for more
MOST_ROWS = 2_000
MOST_CELLS = 8_192


class ToyData(Frozen):
    """Made-up rows of two features, in which a network can be looked through."""

    shape: ToyShape = "moons"
    rows: Annotated[int, Field(ge=50, le=5_000)] = 300
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0


class PlaneView(Frozen):
    """A plane through the features, as a grid of `columns` x `rows` cells.

    Its axes are the columns `x` and `y` of the data (without names those that part the classes
    best), or the first two principal components. Other columns have their typical values, or those
    of `cells`, as typed, or of row `data_row` (from 1) of the training and validation rows.
    """

    axes: Literal["features", "components"] = "features"
    x: str = ""
    y: str = ""
    columns: Annotated[int, Field(ge=1, le=400)] = 60
    rows: Annotated[int, Field(ge=1, le=400)] = 40
    cells: dict[str, Cell] = Field(default_factory=dict)
    data_row: Annotated[int, Field(ge=1)] | None = None


class PlaygroundQuestion(Frozen):
    """What networks of these settings learn, seen in a plane; the test rows stay held out.

    They learn from `rows_used` of the training rows (None: all, `MOST_ROWS` at most). `noise` is
    the standard deviation of what is added: to toy data in their units, otherwise to the numeric
    features of the training rows, as a fraction of their own.
    """

    network: NetworkSpec
    data: DataSpec
    toy: ToyData | None = None
    noise: Annotated[float, Field(ge=0, le=10)] = 0.0
    rows_used: Annotated[int, Field(ge=1, le=MOST_ROWS)] | None = None
    networks: Literal["seeds", "bootstraps"] = "seeds"
    view: PlaneView = PlaneView()


class CompileQuestion(Frozen):
    """Networks whose programs are to be compiled ahead, for the data of `question`."""

    question: PlaygroundQuestion
    networks: tuple[NetworkSpec, ...]


class ToyFileQuestion(Frozen):
    """Toy data to be written into a folder of the home folder `home`, for other screens."""

    home: str
    toy: ToyData
    noise: Annotated[float, Field(ge=0, le=10)] = 0.0


class FilmQuestion(Frozen):
    """How run `run` of the home folder `home`, a training, stood after `epoch` epochs.

    0 asks for the epoch whose network was kept. Of a sweep or a search it is the training with the
    `settings` of one of its trials, on the run's training set.
    """

    home: str
    run: int
    settings: dict[str, Any] | None = None
    epoch: Annotated[int, Field(ge=0)] = 0
    view: PlaneView = PlaneView()
