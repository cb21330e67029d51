"""What varied and what came of it: sweeps and searches."""

import math
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.figures.drawing import Drawing, StoredRun
from engine.figures.style import (
    colour,
    line_style,
    log_axis,
    marker,
    panels,
    percent,
    percent_axis,
    plain,
)
from engine.results.search import SearchResult, SweepResult
from engine.runs.ranking import best_trial, mean_score, own_settings
from engine.specs.fields import spelled
from engine.specs.search_space import Choice, Range
from engine.specs.typed_text import show
from engine.specs.varying import VaryingSpec

MOST_VALUES = 30
SCORE = "validation accuracy"


def sweep(run: StoredRun) -> Drawing | None:
    """Accuracy over the values of the setting, with the bands over seeds."""
    result = run.state.result
    if not isinstance(result, SweepResult):
        return None
    rows = [
        (show(point.value), name, band.mean, band.low, band.high, band.repeats)
        for point in result.points
        for name, band in (("training", point.train), ("validation", point.validation))
        if band is not None
    ]
    if not rows:
        return None
    names = ("value", "set", "mean", "low", "high", "repeats")
    data = pd.DataFrame(rows, columns=list(names))
    numbers = all(isinstance(point.value, int | float) for point in result.points)

    def draw(data: pd.DataFrame) -> Figure:
        figure, (axes,) = panels(1, width=6.4, height=3.8)
        for place, (name, part) in enumerate(data.groupby("set", sort=False)):
            x = part["value"].astype(float) if numbers else part["value"]
            look = {"color": colour(place), "marker": marker(place)}
            axes.plot(
                x, part["mean"], label=str(name),
                linestyle=line_style(place) if numbers else "none", **look,
            )  # fmt: skip
            low, high = part["low"].astype(float), part["high"].astype(float)
            if numbers:
                axes.fill_between(x, low, high, color=colour(place), alpha=0.15, linewidth=0)
            else:
                axes.vlines(x, low, high, color=colour(place), alpha=0.6)
        if numbers:
            axes.axvline(float(result.chosen), color="0.4", linestyle=":", label="chosen")
            if _is_log(run, result.setting):
                log_axis(axes)
        axes.set(xlabel=_words(result.setting), ylabel="accuracy")
        axes.legend()
        percent_axis(axes.yaxis)
        return figure

    return Drawing("sweep", data, draw)


def search_scatter(run: StoredRun) -> Drawing | None:
    """The score of every trial over each setting that varied."""
    data = _scored(run)
    if data is None:
        return None
    best = best_trial(run.state)

    def draw(data: pd.DataFrame) -> Figure:
        settings = [name for name in data.columns if name not in ("trial", SCORE)]
        figure, axes = panels(len(settings))
        for own, name in zip(axes, settings, strict=True):
            place = _placed(own, run, name, data[name])
            own.scatter(place, data[SCORE], s=16, color=colour(0), alpha=0.6, linewidth=0)
            chosen = data["trial"] == (best.number if best else -1)
            own.scatter(
                place[chosen], data.loc[chosen, SCORE], s=60, facecolor="none",
                edgecolor=colour(1), linewidth=1.6, marker=marker(1),
            )  # fmt: skip
            own.set(xlabel=_words(name), ylabel=SCORE)
            percent_axis(own.yaxis)
        return figure

    return Drawing("search_scatter", data, draw)


def parallel_coordinates(run: StoredRun) -> Drawing | None:
    """Every trial as a line through its settings to its score; the better, the darker."""
    data = _scored(run)
    if data is None or len(data.columns) < 4:
        return None

    def draw(data: pd.DataFrame) -> Figure:
        names = [name for name in data.columns if name not in ("trial", SCORE)]
        figure, (axes,) = panels(1, width=1.6 + 1.5 * len(names), height=4.2)
        heights = np.empty((len(data), len(names) + 1))
        for column, name in enumerate([*names, SCORE]):
            # the axes are drawn by hand: each has its own values at its own heights
            heights[:, column], ticks = _heights(run, name, data[name])
            for height, text in ticks:
                axes.annotate(
                    text, (column, height), xytext=(3, 0), textcoords="offset points",
                    fontsize="x-small", va="center", color="0.25", zorder=5,
                    bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6},
                )  # fmt: skip
        order = np.argsort(data[SCORE].to_numpy(), kind="stable")
        shades = sns.color_palette("crest", as_cmap=True)
        for rank, row in enumerate(order):
            share = rank / max(1, len(order) - 1)
            axes.plot(
                range(len(names) + 1), heights[row], color=shades(share),
                linewidth=0.6 + 1.4 * share**4, alpha=0.25 + 0.7 * share**2,
            )  # fmt: skip
        axes.set_xticks(range(len(names) + 1), [*map(_words, names), SCORE])
        axes.set_yticks([])
        axes.set_xlim(-0.1, len(names) + 0.5)
        axes.grid(True, axis="x", color="0.6")
        return figure

    return Drawing("parallel_coordinates", data, draw)


def hyperparameter_importance(run: StoredRun) -> Drawing | None:
    """How settings and score go together over the trials, and what chance alone gives."""
    result = run.state.result
    if not isinstance(result, SearchResult):
        return None
    rows = [(one.setting, one.method, one.value, one.chance) for one in result.importances]
    data = pd.DataFrame(rows, columns=["setting", "method", "value", "chance"]).dropna(
        subset="value"
    )
    if data.empty:
        return None

    def draw(data: pd.DataFrame) -> Figure:
        figure, (axes,) = panels(1, width=5.6, height=1.2 + 0.34 * len(data))
        names = [_words(name) for name in data["setting"]]
        axes.barh(names, data["value"], color=colour(0), alpha=0.8, height=0.6)
        known = [(i, one) for i, one in enumerate(zip(data["value"], data["chance"], strict=True))]
        places = [place for place, (_, chance) in known if chance is not None]
        ends = [math.copysign(chance, value) for _, (value, chance) in known if chance is not None]
        axes.vlines(
            ends, [p - 0.4 for p in places], [p + 0.4 for p in places], color="0.2",
            label="chance passes it in one search of twenty",
        )  # fmt: skip
        axes.invert_yaxis()
        axes.set(xlabel=" / ".join(dict.fromkeys(data["method"])))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28))
        return figure

    return Drawing("hyperparameter_importance", data, draw)


def _scored(run: StoredRun) -> pd.DataFrame | None:
    """A row for each scored trial of a search: its settings, and its mean score over folds."""
    if not isinstance(run.spec, VaryingSpec) or not isinstance(run.state.result, SearchResult):
        return None
    rows = [
        {"trial": trial.number, **own_settings(trial.settings), SCORE: mean_score(trial)}
        for trial in run.state.trials.values()
    ]
    varied = [name for name in run.spec.vary if any(name in row for row in rows)]
    data = pd.DataFrame(rows, columns=["trial", *varied, SCORE]).dropna(subset=SCORE)
    for name in varied:
        data[name] = data[name].map(lambda value: value if _number(value) else show(value))
    return None if data.empty or not varied else data


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_log(run: StoredRun, setting: str) -> bool:
    """Whether values of a setting are told apart by their ratios."""
    vary = run.spec.vary.get(setting) if isinstance(run.spec, VaryingSpec) else None
    if isinstance(vary, Range):
        return vary.scale == "log"
    values = [v for v in vary.values if _number(v)] if isinstance(vary, Choice) else []
    return len(values) > 2 and min(values) > 0 and max(values) >= 20 * min(values)  # type: ignore[operator]


def _placed(axes: Axes, run: StoredRun, name: str, values: pd.Series) -> pd.Series:
    """Where values stand on the x axis: numbers by their size, others side by side."""
    if values.map(_number).all():
        if _is_log(run, name):
            log_axis(axes)
        return values.astype(float)
    listed = list(dict.fromkeys(values.map(str)))
    axes.set_xticks(range(len(listed)), [plain(text) for text in listed], rotation=30, ha="right")
    axes.margins(x=0.15)
    return values.map(str).map(listed.index)


def _heights(
    run: StoredRun, name: str, values: pd.Series
) -> tuple[np.ndarray[Any, Any], list[tuple[float, str]]]:
    """Heights from 0 to 1 on an axis of the parallel coordinates, and its labels."""
    if not values.map(_number).all():
        listed = sorted(set(values.map(str)))
        top = max(1, len(listed) - 1)
        places = values.map(str).map(listed.index).to_numpy(float) / top
        return places, [(i / top, plain(text)) for i, text in enumerate(listed[:MOST_VALUES])]
    numbers = values.to_numpy(float)
    turned = np.log(numbers) if _is_log(run, name) else numbers
    low, high = float(turned.min()), float(turned.max())
    width = (high - low) or 1.0
    ends = [(0.0, numbers.min()), (1.0, numbers.max())] if high > low else [(0.0, numbers.min())]
    written = percent if name == SCORE else "{:.3g}".format
    return (turned - low) / width, [(height, written(value)) for height, value in ends]


def _words(setting: str) -> str:
    return plain(spelled(setting))
