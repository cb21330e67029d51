"""A plane through the features: its axes, its cells as rows, how far each is from what is known."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.feature_selection import f_classif

from engine.errors import EngineError
from engine.jobs.play.play_rows import Numbers, PlayRows
from engine.results.playground import USUAL_DISTANCE, PlaneAxis
from engine.specs.kinds.playground import MOST_CELLS, PlaneView

Places = npt.NDArray[np.float64]
# of the range of the rows, on each side
_MARGIN = 0.06
# numbers of a block of distances, or of rows, that are worked on at a time
_BLOCK = 4_000_000
# rows that say which distance is usual
_USUAL_ROWS = 1_000


@dataclass(frozen=True, eq=False)
class Plane:
    """Cells of the plane are `base` + x · `across` + y · `up`, float64 [features].

    `places` [rows, 2] are those of the data's rows, NaN where a value is missing. `grid` has so
    many columns and rows.
    """

    axes: tuple[PlaneAxis, PlaneAxis]
    base: Places
    across: Places
    up: Places
    places: Places
    grid: tuple[int, int]

    def blocks(self) -> Iterator[Numbers]:
        """The middles of the cells as rows [cells, features], row by row from the top."""
        columns, rows = self.grid
        xs, ys = (_middles(axis, n) for axis, n in zip(self.axes, self.grid, strict=True))
        size = max(1, _BLOCK // (columns * len(self.base)))
        row = (self.base + xs[:, None] * self.across).astype(np.float32)
        for start in range(0, rows, size):
            own = ys[::-1][start : start + size, None, None] * self.up
            yield (row + own).astype(np.float32).reshape(-1, len(self.base))

    def distances(self, known: Numbers) -> bytes:
        """The distance of each cell to the nearest of the rows `known`, as `Regions` has it."""
        few = known[:_USUAL_ROWS]
        usual = np.quantile(_nearest(few, few, itself=True), 0.95) or 1.0
        found = np.concatenate([_nearest(block, known) for block in self.blocks()])
        return bytes(np.minimum(255, USUAL_DISTANCE * found / usual).astype(np.uint8))


def _middles(axis: PlaneAxis, cells: int) -> Places:
    edges = np.linspace(axis.low, axis.high, cells + 1)
    middles: Places = (edges[:-1] + edges[1:]) / 2
    return middles


def _nearest(rows: Numbers, known: Numbers, *, itself: bool = False) -> npt.NDArray[np.float64]:
    """Of each row the distance to the nearest known one; `itself` is none of them."""
    squares = (known**2).sum(axis=1)
    found = []
    size = max(1, _BLOCK // len(known))
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        apart = squares - 2 * block @ known.T + (block**2).sum(axis=1)[:, None]
        if itself:
            apart[np.arange(len(block)), start + np.arange(len(block))] = np.inf
        found.append(apart.min(axis=1))
    apart_most: npt.NDArray[np.float64] = np.sqrt(np.maximum(0, np.concatenate(found)))
    return np.where(np.isfinite(apart_most), apart_most, 0.0)


def plane_of(rows: PlayRows, view: PlaneView, base: Numbers) -> Plane:
    """The plane of the view through the preprocessed row `base`.

    Where fewer than two columns hold numbers it is that of the principal components.
    """
    if view.columns * view.rows > MOST_CELLS:
        raise EngineError(f"A plane has {MOST_CELLS:,} cells at most.")
    if view.axes == "components" or len(rows.numeric) < 2:
        found = _components(rows)
    else:
        found = _features(rows, *_chosen(rows, view), base)
    return replace(found, grid=(view.columns, view.rows))


def _chosen(rows: PlayRows, view: PlaneView) -> tuple[str, str]:
    """The columns of the axes: those asked for, or those that part the classes best."""
    x = rows.x[rows.training]
    names = list(rows.numeric)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios, _ = f_classif(x[:, [place for place, _ in rows.numeric.values()]],
                              rows.y[rows.training])  # fmt: skip
    order = np.argsort(-np.nan_to_num(ratios, posinf=0.0), kind="stable")
    ranked = [names[at] for at in order]
    if not (view.x or view.y):
        # the two in the order of the file
        ranked[:2] = sorted(ranked[:2], key=names.index)
    first = view.x if view.x in rows.numeric else next(n for n in ranked if n != view.y)
    second = view.y if view.y in rows.numeric else next(n for n in ranked if n != first)
    return first, second


def _features(rows: PlayRows, x: str, y: str, base: Numbers) -> Plane:
    origin: Places = base.astype(np.float64)
    directions, places = [], []
    for name in (x, y):
        place, column = rows.numeric[name]
        direction = np.zeros_like(origin)
        direction[place] = 1 / column.scale
        # what the axis says takes the place of what the row has there
        origin[place] = -column.shift / column.scale
        directions.append(direction)
        places.append(rows.frame[name].to_numpy(np.float64))
    if x == y:
        # the diagonal says all
        directions[1] = np.zeros_like(origin)
    return _plane((x, y), origin, directions, np.column_stack(places))


def _components(rows: PlayRows) -> Plane:
    """The first two principal components of the training rows, in units of the scaled features."""
    x = rows.x.astype(np.float64)
    base = x[rows.training].mean(axis=0)
    centred = x - base
    _, spread, directions = np.linalg.svd(centred[rows.training], full_matrices=False)
    fractions = spread**2 / max((spread**2).sum(), 1e-12)
    # of one feature there is one component
    directions = np.vstack([directions[:2], np.zeros((max(0, 2 - len(directions)), x.shape[1]))])
    fractions = np.append(fractions, 0.0)
    names = tuple(f"PC {i + 1} ({100 * fractions[i]:.0f} % of variance)" for i in range(2))
    return _plane((names[0], names[1]), base, list(directions), centred @ directions.T)


def _plane(names: tuple[str, str], base: Places, directions: list[Places], places: Places) -> Plane:
    axes = []
    for name, values in zip(names, places.T, strict=True):
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        margin = _MARGIN * (high - low) or abs(high) / 10 or 1.0
        axes.append(PlaneAxis(name=name, low=low - margin, high=high + margin))
    return Plane((axes[0], axes[1]), base, directions[0], directions[1], places, (1, 1))
