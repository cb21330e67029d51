"""The data as it was read: pairs of features, distributions, balance, correlations.

They are drawn of what a data summary keeps, so that they need neither the file nor its rows.
"""

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.figures.drawing import Drawing, StoredRun
from engine.figures.style import (
    colour,
    legend_below,
    line_style,
    marker,
    panels,
    percent,
    plain,
    whole_axis,
)
from engine.results.describe import ColumnFacts, DescribeResult

# more features make plots too small to read
PAIRED = 12
SHOWN_COLUMNS = 24
ANNOTATED = 16


def pair_plot(run: StoredRun) -> Drawing | None:
    """Every two numeric features against each other, and each on its own, by class."""
    result = run.state.result
    if not isinstance(result, DescribeResult) or not result.scatter.features:
        return None
    sample, labels = result.scatter, [plain(label) for label, _ in result.classes]
    names = sample.features[:PAIRED]
    data = pd.DataFrame(
        dict(zip(sample.features, sample.values, strict=True)),
        dtype=float,
    )[list(names)].rename(columns=plain)  # fmt: skip
    target = _free(plain(result.target), data.columns)
    data[target] = [labels[code] for code in sample.classes]
    notes = []
    if len(names) < len(sample.features):
        notes.append(f"the first {len(names)} of {len(sample.features)} numeric features")
    if len(data) < result.rows:
        notes.append(f"{len(data):,} of {result.rows:,} rows, each class in its share")

    def draw(data: pd.DataFrame) -> Figure:
        shown = [label for label in labels if label in set(data[target])]
        places = [labels.index(label) for label in shown]
        # seaborn lays its grid out itself
        with mpl.rc_context({"figure.constrained_layout.use": False}):
            grid = sns.pairplot(
                data, hue=target, hue_order=shown, corner=True, diag_kind="hist",
                height=2.0 if len(names) <= 6 else 1.4,
                palette=[colour(place) for place in places],
                markers=[marker(place) for place in places],
                plot_kws={"alpha": 0.7, "s": 18}, diag_kws={"element": "step", "alpha": 0.35},
            )  # fmt: skip
        figure: Figure = grid.figure
        return figure

    return Drawing("pair_plot", data, draw, _drawn_of(notes))


def histograms(run: StoredRun) -> Drawing | None:
    """How the values of each feature are distributed, by class."""
    result = run.state.result
    if not isinstance(result, DescribeResult):
        return None
    columns = [one for one in result.columns if one.histogram or one.categories]
    if not columns:
        return None
    shown = columns[:SHOWN_COLUMNS]
    labels = [plain(label) for label, _ in result.classes]
    rows = [row for column in shown for row in _bars(column, labels)]
    names = ("feature", "class", "low", "high", "category", "rows")
    data = pd.DataFrame(rows, columns=list(names))
    notes = [f"the first {len(shown)} of {len(columns)} features"] if shown != columns else []

    def draw(data: pd.DataFrame) -> Figure:
        figure, axes = panels(len(shown), columns=4)
        for column, own in zip(shown, axes, strict=True):
            part = data[data["feature"] == column.name]
            for place, label in enumerate(labels):
                _draw_distribution(own, part[part["class"] == label], place, label)
            own.set_title(plain(column.name))
            whole_axis(own.yaxis if column.histogram else own.xaxis)
            if column.histogram:
                own.set(ylabel="rows")
            else:
                own.set(xlabel="rows")
        legend_below(figure, axes[0], plain(result.target))
        return figure

    return Drawing("histograms", data, draw, _drawn_of(notes))


def class_balance(run: StoredRun) -> Drawing | None:
    """How many rows each class has."""
    result = run.state.result
    if not isinstance(result, DescribeResult):
        return None
    data = pd.DataFrame(
        [(plain(label), rows) for label, rows in result.classes], columns=["class", "rows"]
    )

    def draw(data: pd.DataFrame) -> Figure:
        figure, (axes,) = panels(1, width=6.0, height=1.0 + 0.3 * len(data))
        bars = axes.barh(data["class"], data["rows"], color=colour(0))
        axes.invert_yaxis()
        total = data["rows"].sum()
        axes.bar_label(
            bars,
            [f"{n:,} ({percent(n / total)})" for n in data["rows"]],
            padding=3,
        )
        axes.set_xlim(right=1.3 * data["rows"].max())
        axes.set(xlabel="rows", ylabel=plain(result.target))
        return figure

    return Drawing("class_balance", data, draw)


def correlations(run: StoredRun) -> Drawing | None:
    """Pearson's correlation of every two numeric features."""
    result = run.state.result
    if not isinstance(result, DescribeResult) or len(result.correlation_features) < 2:
        return None
    names = [plain(name) for name in result.correlation_features]
    matrix = pd.DataFrame(result.correlations, index=names, columns=names, dtype=float)

    def draw(data: pd.DataFrame) -> Figure:
        side = 2.0 + 0.45 * len(names)
        figure, (axes,) = panels(1, width=side + 1.0, height=side)
        sns.heatmap(
            data, vmin=-1, vmax=1, cmap="vlag", square=True, ax=axes,
            annot=len(names) <= ANNOTATED, fmt=".2f",
            cbar_kws={"label": "Pearson correlation", "shrink": 0.7},
        )  # fmt: skip
        return figure

    return Drawing("correlations", matrix, draw)


def _bars(column: ColumnFacts, labels: list[str]) -> list[tuple[object, ...]]:
    bins = [(one.low, one.high, None, one.rows) for one in column.histogram]
    listed = [(None, None, plain(category), rows) for category, rows in column.categories]
    return [
        (column.name, label, low, high, category, rows[place])
        for low, high, category, rows in [*bins, *listed]
        for place, label in enumerate(labels)
    ]


def _draw_distribution(axes: Axes, part: pd.DataFrame, place: int, label: str) -> None:
    """One class of one feature; its outline has a pattern, so that it is told in grey as well."""
    if part["category"].isna().all():
        edges = [*part["low"], part["high"].iloc[-1]]
        axes.stairs(part["rows"], edges, fill=True, color=colour(place), alpha=0.15)
        axes.stairs(
            part["rows"], edges, color=colour(place), linestyle=line_style(place), label=label,
            linewidth=1.4,
        )  # fmt: skip
        return
    axes.plot(
        part["rows"], part["category"], color=colour(place), marker=marker(place),
        linestyle="none", label=label, alpha=0.8,
    )  # fmt: skip
    axes.margins(y=0.15)


def _free(name: str, taken: pd.Index) -> str:
    while name in taken:
        name += " "
    return name


def _drawn_of(parts: list[str]) -> str:
    return f"Drawn of {' and '.join(parts)}." if parts else ""
