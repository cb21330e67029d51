"""What the probabilities are worth: ROC and precision-recall curves, and the reliability diagram.

They are those of the Probabilities tab, of the set by which choices are made.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.figures.classification import SETS
from engine.figures.drawing import Drawing, StoredRun
from engine.figures.style import (
    colour,
    interval_bars,
    legend_below,
    line_style,
    marker,
    panels,
    percent_axis,
    plain,
)
from engine.results.probabilities import ProbabilityFigures
from engine.results.scores import Scored

# more curves than these cannot be told apart
CURVES = 8


def curves(run: StoredRun) -> Drawing | None:
    """ROC and precision over recall of each class against the rest, with their areas."""
    found = _figures(run)
    if found is None:
        return None
    shown = [own for own in found.classes if own.roc][:CURVES]
    rows = [
        (plain(own.label), kind, area, x, y)
        for own in shown
        for kind, area, points in (
            ("ROC", own.roc_auc, own.roc),
            ("precision-recall", own.average_precision, own.precision_recall),
        )
        for x, y in points
    ]
    if not rows:
        return None
    data = pd.DataFrame(rows, columns=["class", "curve", "area", "x", "y"])

    def draw(data: pd.DataFrame) -> Figure:
        figure, (roc, recall) = panels(2, width=4.0, height=3.8)
        for place, (label, own) in enumerate(data.groupby("class", sort=False)):
            for axes, kind in ((roc, "ROC"), (recall, "precision-recall")):
                part = own[own["curve"] == kind]
                area = part["area"].iloc[0] if len(part) else float("nan")
                axes.plot(part["x"], part["y"], color=colour(place), linestyle=line_style(place),
                          label=f"{label} ({area:.3f})")  # fmt: skip
        _finish(roc, "false positive rate", "true positive rate", "ROC (area)")
        roc.plot([0, 1], [0, 1], color="0.7", linestyle=":", linewidth=0.8)
        _finish(recall, "recall", "precision", "precision over recall (average precision)")
        # the areas differ from one to the other
        roc.legend(loc="lower right")
        recall.legend(loc="lower left")
        figure.suptitle(f"{SETS[found.of]} set")
        return figure

    left = sum(bool(own.roc) for own in found.classes) - len(shown)
    note = f"The curves of the first {CURVES} classes are drawn, {left:,} more are not."
    return Drawing("probability_curves", data, draw, note if left else "")


def reliability(run: StoredRun) -> Drawing | None:
    """How often the predicted class is right, over its probability, with 95 % intervals."""
    found = _figures(run)
    if found is None or not found.bins:
        return None
    data = pd.DataFrame(
        [
            (own.confidence, own.accuracy.value, own.accuracy.low, own.accuracy.high, own.rows)
            for own in found.bins
        ],
        columns=["probability", "right", "low", "high", "rows"],
    )

    def draw(data: pd.DataFrame) -> Figure:
        figure, (axes, counts) = panels(2, columns=1, width=4.6, height=2.6)
        interval_bars(
            axes, list(data["probability"]), data, "right", upright=True,
            color=colour(0), marker=marker(0), markersize=5, label="right, 95 % interval",
        )  # fmt: skip
        axes.plot([0, 1], [0, 1], color="0.6", linestyle=":", label="as they say")
        axes.set(ylabel="right", title=f"{SETS[found.of]} set")
        counts.bar(data["probability"], data["rows"], width=0.04, color=colour(0), alpha=0.6)
        counts.set(xlabel="probability of the predicted class", ylabel="rows", xlim=axes.get_xlim())
        for own in (axes, counts):
            percent_axis(own.xaxis)
        percent_axis(axes.yaxis)
        legend_below(figure, axes)
        return figure

    return Drawing("reliability", data, draw)


def _figures(run: StoredRun) -> ProbabilityFigures | None:
    result = run.state.result
    return result.probabilities if isinstance(result, Scored) else None


def _finish(axes: Axes, x: str, y: str, title: str) -> None:
    axes.set(xlabel=x, ylabel=y, title=title, xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    percent_axis(axes.xaxis)
    percent_axis(axes.yaxis)
