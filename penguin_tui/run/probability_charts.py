"""ROC curves, precision-recall curves and the reliability diagram, drawn as cells."""

from collections.abc import Callable, Sequence

from engine.results.probabilities import Matrix, Point, ProbabilityFigures
from penguin_tui.charts import palette
from penguin_tui.charts.axis import Axis
from penguin_tui.charts.band import SHADE, bar
from penguin_tui.charts.canvas import Cells, Plane, lay_line, paint, plane
from penguin_tui.charts.grid import CURSOR, MUTED, SERIES, Grid
from penguin_tui.charts.header import Item, put_header
from penguin_tui.charts.series import reduce
from penguin_tui.presentation.text import shortened

MIN_WIDTH, MIN_HEIGHT = 20, 6
LABEL_WIDTH = 4
LABEL = 14
# more curves than these cannot be told apart
CURVES = 4
DIAGONAL, MARK, HERE = "·", "●", "◆"
_FRACTIONS = Axis(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))


def draw_roc(
    width: int, height: int, found: ProbabilityFigures, at: Matrix | None, focused: bool
) -> Grid:
    """True positive rate over false positive rate, with the threshold that is looked at."""
    shown = [(own.label, own.roc_auc or 0.0, own.roc) for own in found.classes if own.roc]
    spot = None
    if at is not None:
        # the curve of the other class is its mirror image
        shown = shown[-1:]
        spot = (
            _rate(at.false_positive, at.true_negative),
            _rate(at.true_positive, at.false_negative),
        )
    return _curves_drawn(width, height, "ROC, AUC", shown, spot, focused=focused)


def draw_precision_recall(
    width: int, height: int, found: ProbabilityFigures, at: Matrix | None, focused: bool
) -> Grid:
    """Precision over recall, with the threshold that is looked at."""
    shown = [
        (own.label, own.average_precision or 0.0, own.precision_recall)
        for own in found.classes
        if own.precision_recall
    ]
    spot = None
    if at is not None and at.true_positive + at.false_positive:
        recall = _rate(at.true_positive, at.false_negative)
        spot = recall, _rate(at.true_positive, at.false_positive)
    return _curves_drawn(width, height, "Precision over recall, AP", shown, spot, focused=focused)


def draw_reliability(
    width: int, height: int, found: ProbabilityFigures, at: Matrix | None, focused: bool
) -> Grid:
    """How often the predicted class is right, over its probability, with 95 % intervals."""

    def cells(room: Plane) -> Cells:
        laid = _diagonal(room)
        for own in found.bins:
            column = _column(room, own.confidence)
            laid |= bar(room, (column, own.accuracy.low, own.accuracy.high), SERIES, SHADE)
            laid[column, _row(room, own.accuracy.value)] = MARK, SERIES
        return laid

    legend: list[Item] = [((f"{MARK} ", SERIES), ("right, 95 %  ", MUTED))]
    return _drawn(width, height, "Reliability", legend, cells, focused=focused)


CHARTS: dict[str, Callable[..., Grid]] = {
    "roc": draw_roc,
    "precision_recall": draw_precision_recall,
    "reliability": draw_reliability,
}


def _curves_drawn(
    width: int,
    height: int,
    title: str,
    curves: Sequence[tuple[str, float, Sequence[Point]]],
    spot: Point | None,
    *,
    focused: bool,
) -> Grid:
    """Each curve with its label and area; `spot` is where the threshold stands."""
    shown = curves[:CURVES]
    legend: list[Item] = [
        (
            (f"{palette.sample(style)} ", SERIES + style),
            (f"{label} {area:.3f}  ", MUTED),
        )
        for style, (label, (_, area, _)) in enumerate(
            zip(shortened([label for label, *_ in shown], LABEL), shown, strict=True)
        )
    ]

    def cells(room: Plane) -> Cells:
        laid = _diagonal(room) if title.startswith("ROC") else {}
        for style, (_, _, points) in reversed(list(enumerate(shown))):
            xs, ys = zip(*points, strict=True)
            lay_line(laid, room, reduce(xs, ys, room.x, 2 * room.columns, log=False), style)
        if spot is not None:
            laid[_column(room, spot[0]), _row(room, spot[1])] = HERE, CURSOR
        return laid

    return _drawn(width, height, title, legend, cells, focused=focused)


def _drawn(
    width: int,
    height: int,
    title: str,
    legend: Sequence[Item],
    cells: Callable[[Plane], Cells],
    *,
    focused: bool,
) -> Grid:
    """A chart of fractions over fractions."""
    grid = Grid(width, height)
    head = put_header(grid, title, legend, focused=focused)
    if width < MIN_WIDTH or height - head < MIN_HEIGHT - 2:
        return grid
    room = plane(
        width, height - head, _FRACTIONS, _FRACTIONS, percent=False, label_width=LABEL_WIDTH
    )
    paint(grid, head, room, cells(room))
    return grid


def _diagonal(room: Plane) -> Cells:
    places = range(0, room.columns, 2)
    return {(x, _row(room, x / max(1, room.columns - 1))): (DIAGONAL, MUTED) for x in places}


def _column(room: Plane, value: float) -> int:
    return round(room.x.place(value, room.columns))


def _row(room: Plane, value: float) -> int:
    return round(room.y.place(value, 4 * room.rows)) // 4


def _rate(part: int, rest: int) -> float:
    return part / (part + rest) if part + rest else 0.0
