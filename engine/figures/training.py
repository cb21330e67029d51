"""How networks have learnt, epoch by epoch."""

import math

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from engine.figures.drawing import Drawing, StoredRun
from engine.figures.style import colour, line_style, panels, percent_axis, whole_axis
from engine.runs.events import FOLD_KEYS
from engine.runs.figures import COLUMNS
from engine.runs.ranking import best_trial
from engine.specs.varying import VaryingSpec

# what is drawn of long trainings and of many: more would be the same picture
DRAWN_EPOCHS = 2000
DRAWN_TRAININGS = 200


def learning_curves(run: StoredRun) -> Drawing | None:
    """Accuracy and loss over the epochs; of several trials the validation accuracy of each."""
    if run.state.plan is None:
        return _of_one(run)
    return _of_several(run) if isinstance(run.spec, VaryingSpec) else None


def learning_rate(run: StoredRun) -> Drawing | None:
    """The learning rate of each epoch: the schedule as it was followed."""
    curve = run.state.curve
    rates = curve.column("learning_rate") if run.state.plan is None else ()
    if not len(rates) or all(map(math.isnan, rates)):
        return None
    first = curve.chunks[0].first
    data = pd.DataFrame({"epoch": range(first, first + len(rates)), "learning_rate": list(rates)})

    def draw(data: pd.DataFrame) -> Figure:
        figure, (axes,) = panels(1, width=5.0, height=3.0)
        sns.lineplot(data, x="epoch", y="learning_rate", ax=axes, color=colour(0))
        axes.set(ylabel="learning rate")
        whole_axis(axes.xaxis)
        return figure

    return Drawing("learning_rate", data, draw)


def _of_one(run: StoredRun) -> Drawing | None:
    curve = run.state.curve
    if not len(curve):
        return None
    step = -(-len(curve) // DRAWN_EPOCHS)
    first = curve.chunks[0].first
    columns = {name: list(curve.column(name))[::step] for name in COLUMNS}
    epochs = range(first, first + len(curve), step)
    data = pd.DataFrame({"epoch": epochs, **columns}).dropna(axis="columns", how="all")
    note = f"Drawn of one epoch in {step:,}." if step > 1 else ""

    def draw(data: pd.DataFrame) -> Figure:
        figure, axes = panels(2, width=4.6, height=3.4)
        for own, name in zip(axes, ("accuracy", "loss"), strict=True):
            sets = (("training, while it learns", name), ("validation", f"val_{name}"))
            for place, (title, column) in enumerate(sets):
                if column in data:
                    own.plot(
                        data["epoch"], data[column], label=title, color=colour(place),
                        linestyle=line_style(place),
                    )  # fmt: skip
            own.set(xlabel="epoch", ylabel=name)
            whole_axis(own.xaxis)
            own.legend()
        percent_axis(axes[0].yaxis)
        return figure

    return Drawing("learning_curves", data, draw, note)


def _of_several(run: StoredRun) -> Drawing | None:
    curves = {key: curve for key, curve in run.state.curves.items() if len(curve)}
    best = best_trial(run.state)
    # the best one, then the others in their order
    keys = sorted(curves, key=lambda key: (best is None or key // FOLD_KEYS != best.number, key))
    parts = []
    for key in keys[:DRAWN_TRAININGS]:
        curve = curves[key]
        step = -(-len(curve) * min(len(keys), DRAWN_TRAININGS) // (50 * DRAWN_EPOCHS))
        values = list(curve.column("val_accuracy"))[::step]
        first = curve.chunks[0].first
        trial, fold = divmod(key, FOLD_KEYS)
        parts.append(pd.DataFrame({
            "trial": trial, "fold": fold, "epoch": range(first, first + len(curve), step),
            "val_accuracy": values,
        }))  # fmt: skip
    data = pd.concat(parts).dropna() if parts else pd.DataFrame()
    if data.empty:
        return None
    left = len(keys) - len(parts)
    note = f"{left:,} of {len(keys):,} trainings are not drawn." if left > 0 else ""

    def draw(data: pd.DataFrame) -> Figure:
        figure, (axes,) = panels(1, width=6.4, height=3.8)
        grouped = list(data.groupby(["trial", "fold"], sort=False))
        for (trial, _), part in reversed(grouped):
            own = best is not None and trial == best.number
            axes.plot(
                part["epoch"], part["val_accuracy"], color=colour(1) if own else "0.7",
                linewidth=1.6 if own else 0.7, zorder=3 if own else 2,
            )  # fmt: skip
        if best is not None:
            axes.plot([], [], color=colour(1), label=f"trial {best.number}, the best")
        axes.plot([], [], color="0.7", label="other trials")
        axes.set(xlabel="epoch", ylabel="validation accuracy")
        axes.legend()
        whole_axis(axes.xaxis)
        percent_axis(axes.yaxis)
        return figure

    return Drawing("learning_curves", data, draw, note)
