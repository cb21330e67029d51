"""What many splits say: models with their intervals, luck, and accuracy over rows."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from engine.figures.drawing import Drawing, StoredRun
from engine.figures.style import (
    colour,
    interval_bars,
    line_style,
    marker,
    panels,
    percent,
    percent_axis,
)
from engine.results.evaluate import EvaluateResult
from engine.results.leaks import LEAKS, LeaksResult
from engine.results.learning_curve import LearningCurveResult


def models(run: StoredRun) -> Drawing | None:
    """The accuracy of each model on every fold, with its mean and interval."""
    result = run.state.result
    if not isinstance(result, EvaluateResult):
        return None
    data = pd.DataFrame(
        [
            (one.model, number, score, one.accuracy.mean, one.accuracy.low, one.accuracy.high)
            for one in result.models
            for number, score in enumerate(one.scores, start=1)
        ],
        columns=["model", "fold", "accuracy", "mean", "low", "high"],
    )

    def draw(data: pd.DataFrame) -> Figure:
        means = data.drop_duplicates("model")
        figure, (axes,) = panels(1, width=6.4, height=1.2 + 0.5 * len(means))
        sns.stripplot(
            data, x="accuracy", y="model", ax=axes, color="0.6", size=3, alpha=0.6, jitter=0.22
        )
        interval_bars(
            axes, range(len(means)), means, "mean",
            color=colour(0), marker=marker(0), markersize=6, zorder=4,
            label="mean and its 95 % interval",
        )  # fmt: skip
        axes.set(ylabel="")
        axes.legend(loc="best")
        percent_axis(axes.xaxis)
        return figure

    return Drawing("models", data, draw)


def leaks(run: StoredRun) -> Drawing | None:
    """How much each leak, shown on purpose, flatters, with its interval."""
    result = run.state.result
    if not isinstance(result, LeaksResult):
        return None
    bands = [(LEAKS[one.name].label, one.flatters) for one in result.leaks]
    data = pd.DataFrame(
        [(label, band.mean, band.low, band.high) for label, band in bands],
        columns=["leak", "flatters", "low", "high"],
    )

    def draw(data: pd.DataFrame) -> Figure:
        figure, (axes,) = panels(1, width=6.4, height=1.4 + 0.4 * len(data))
        interval_bars(
            axes, range(len(data)), data, "flatters",
            color=colour(0), marker=marker(0), markersize=6,
            label="mean and its 95 % interval",
        )  # fmt: skip
        axes.axvline(0, color="0.6", linewidth=0.8)
        axes.set_yticks(range(len(data)), list(data["leak"]))
        axes.invert_yaxis()
        axes.set(xlabel="test accuracy with the leak less that without",
                 title="leak shown on purpose")  # fmt: skip
        axes.legend(loc="best")
        percent_axis(axes.xaxis)
        return figure

    return Drawing("leaks", data, draw)


def luck(run: StoredRun) -> Drawing | None:
    """The figure of a single split among those that the same configuration gives on others."""
    result = run.state.result
    if not isinstance(result, EvaluateResult) or result.luck is None:
        return None
    # the model whose luck was looked at comes first
    own, scores = result.luck, result.models[0].scores
    data = pd.DataFrame({"accuracy": [*scores, own.own], "split": ["fold"] * len(scores) + ["own"]})

    def draw(data: pd.DataFrame) -> Figure:
        figure, (axes,) = panels(1, width=5.6, height=3.2)
        folds = data.loc[data["split"] == "fold", "accuracy"]
        sns.histplot(folds, ax=axes, color=colour(0), alpha=0.5, stat="count")
        axes.axvline(
            data.loc[data["split"] == "own", "accuracy"].iloc[0], color=colour(1), linestyle="--",
            label=f"this split: {percent(own.own)}, percentile {own.percentile:.0f}",
        )  # fmt: skip
        axes.set(xlabel="accuracy of a fold", ylabel="folds")
        axes.legend()
        percent_axis(axes.xaxis)
        return figure

    return Drawing("luck", data, draw)


def accuracy_over_rows(run: StoredRun) -> Drawing | None:
    """Accuracy over the number of training rows, and where it leads."""
    result = run.state.result
    if not isinstance(result, LearningCurveResult):
        return None
    rows = [
        (one.model, size, "measured", point.mean, point.low, point.high)
        for one in result.models
        for size, point in zip(result.sizes, one.points, strict=False)
    ]
    beyond = result.extrapolation
    rows += [
        (one.model, size, "extrapolated", point.mean, point.low, point.high)
        for one in (beyond.models if beyond else ())
        for size, point in zip(beyond.sizes if beyond else (), one.points, strict=True)
    ]
    data = pd.DataFrame(rows, columns=["model", "rows", "source", "mean", "low", "high"])

    def draw(data: pd.DataFrame) -> Figure:
        figure, (axes,) = panels(1, width=6.4, height=3.8)
        for place, (name, part) in enumerate(data.groupby("model", sort=False)):
            for source, own in part.groupby("source", sort=False):
                measured = source == "measured"
                axes.plot(
                    own["rows"], own["mean"], color=colour(place),
                    marker=marker(place) if measured else "", markersize=5,
                    linestyle=line_style(place) if measured else ":",
                    label=str(name) if measured else f"{name}, extrapolated",
                )  # fmt: skip
                axes.fill_between(
                    own["rows"], own["low"].astype(float), own["high"].astype(float),
                    color=colour(place), alpha=0.15 if measured else 0.07, linewidth=0,
                )  # fmt: skip
        axes.set(xlabel="training rows", ylabel="accuracy")
        axes.legend()
        percent_axis(axes.yaxis)
        return figure

    return Drawing("accuracy_over_rows", data, draw)
