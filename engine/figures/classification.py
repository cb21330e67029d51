"""How a classifier classifies: confusion matrices, and what a linear model has learnt."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from engine.figures.drawing import Drawing, StoredRun
from engine.figures.style import panels, plain
from engine.results.scores import BaselineResult, Scored

SETS = {"validation": "validation", "test": "held-out test", "train": "training"}
ANNOTATED = 20
SHOWN_FEATURES = 40


def confusion(run: StoredRun) -> Drawing | None:
    """Actual against predicted classes in each set: shades by the share of the actual class."""
    result = run.state.result
    if not isinstance(result, Scored):
        return None
    labels = [plain(label) for label in result.confusion.labels]
    found = {name: getattr(result.confusion, name) for name in SETS}
    data = pd.DataFrame(
        [
            (name, actual, predicted, rows)
            for name, matrix in found.items()
            if matrix is not None
            for actual, row in zip(labels, matrix, strict=True)
            for predicted, rows in zip(labels, row, strict=True)
        ],
        columns=["set", "actual", "predicted", "rows"],
    )

    def draw(data: pd.DataFrame) -> Figure:
        side = 2.2 + 0.35 * len(labels)
        names = list(dict.fromkeys(data["set"]))
        figure, axes = panels(len(names), width=side, height=side)
        for own, name in zip(axes, names, strict=True):
            rows = data.loc[data["set"] == name, "rows"].to_numpy().reshape(len(labels), -1)
            share = rows / np.maximum(1, rows.sum(axis=1, keepdims=True))
            sns.heatmap(
                share, vmin=0, vmax=1, cmap="Blues", square=True, cbar=False, ax=own,
                annot=rows if len(labels) <= ANNOTATED else False, fmt=",d",
                xticklabels=labels, yticklabels=labels, linewidths=0.5,
            )  # fmt: skip
            own.tick_params(axis="y", rotation=0)
            own.set(xlabel="predicted", ylabel="actual", title=f"{SETS[name]} set")
        return figure

    return Drawing("confusion", data, draw)


def coefficients(run: StoredRun) -> Drawing | None:
    """The weights of the baseline: of each preprocessed feature for each class."""
    result = run.state.result
    if not isinstance(result, BaselineResult):
        return None
    # two classes have one row of weights, that of the second
    labels = [plain(label) for label in result.confusion.labels][-len(result.coefficients) :]
    names = [plain(name) for name in result.features]
    table = pd.DataFrame(result.coefficients, index=labels, columns=names).T
    largest = table.abs().max(axis=1).sort_values(ascending=False, kind="stable")
    data = table.loc[largest.index[:SHOWN_FEATURES]]
    note = ""
    if len(data) < len(table):
        note = f"The {len(data)} of {len(table):,} features with the largest weights are drawn."

    def draw(data: pd.DataFrame) -> Figure:
        reach = float(data.abs().to_numpy().max()) or 1.0
        figure, (axes,) = panels(1, width=3.5 + 0.8 * len(labels), height=1.2 + 0.26 * len(data))
        sns.heatmap(
            data, cmap="vlag", vmin=-reach, vmax=reach, ax=axes,
            annot=len(labels) <= ANNOTATED, fmt=".2f", cbar_kws={"label": "coefficient"},
        )  # fmt: skip
        axes.set(xlabel="class", ylabel="preprocessed feature")
        return figure

    return Drawing("coefficients", data, draw, note)
