"""The learning curves of the playground: mean accuracy by epoch, and its band."""

from engine.results.playground import PlaygroundAnswer
from engine.results.search import Point
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.charts.line_drawing import Series
from penguin_tui.presentation.words import SETS, SHORT_SETS, SetName


def show_curve(chart: LineChart, answer: PlaygroundAnswer) -> None:
    """Draw the curves where the chart is seen."""
    if chart.display:
        chart.show(curve_series(answer), x_max=float(answer.curve[-1].value))


def curve_series(answer: PlaygroundAnswer) -> list[Series]:
    """A line for the validation set with its band, where there is one, and for the training set."""
    found = [_series(answer.curve, "validation", 0), _series(answer.curve, "train", 1)]
    return [series for series in found if series.xs]


def _series(points: tuple[Point, ...], name: SetName, style: int) -> Series:
    both = [(point.value, getattr(point, name)) for point in points]
    there = [(x, band) for x, band in both if band is not None]
    xs, means = [float(x) for x, _ in there], [band.mean for _, band in there]
    band = None
    if all(own.low is not None for _, own in there):
        band = [own.low for _, own in there], [own.high for _, own in there]
    return Series(SETS[name], xs, means, style, SHORT_SETS[name], band=band)
