"""How much each column matters to what a run predicts."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from engine.figures.drawing import Drawing, StoredRun
from engine.figures.style import colour, panels, plain
from engine.prediction.kept_network import kept_network
from engine.results.scores import Scored
from engine.specs.kinds.explain import ExplainQuestion
from engine.store.store import Store

SHOWN_COLUMNS = 40


def importance(run: StoredRun) -> Drawing | None:
    """Permutation importance on validation rows, measured now, with its intervals.

    Raises EngineError where the network or the data are gone, or there are no validation rows.
    """
    if run.kept is None or not isinstance(run.state.result, Scored):
        return None
    asked = ExplainQuestion(**run.kept.model_dump())
    with Store.open(Path(asked.home)) as store:
        kept_network(store, asked.run)
    # they bring scikit-learn, of which no other figure needs anything
    from engine.prediction.explanation import explanation
    from engine.prediction.opened_run import OpenedRun

    known = OpenedRun(asked, lambda _: None)
    found = explanation(known, asked.repeats, asked.seed, lambda _: None)
    rows = [(plain(own.name), own.fall.mean, own.fall.low, own.fall.high) for own in found.columns]
    data = pd.DataFrame(rows[:SHOWN_COLUMNS], columns=["column", "mean", "low", "high"])
    notes = [
        f"{plain(pair.first)} and {plain(pair.second)} are correlated ({pair.correlation:.2f}):"
        " each may stand for the other."
        for pair in found.correlated[:3]
    ]
    if len(rows) > len(data):
        notes.append(f"The {len(data)} most important of {len(rows):,} columns are drawn.")

    def draw(data: pd.DataFrame) -> Figure:
        figure, (axes,) = panels(1, width=5.6, height=1.2 + 0.3 * len(data))
        ends = [data["mean"] - data["low"], data["high"] - data["mean"]]
        axes.errorbar(
            data["mean"], data["column"], xerr=ends, fmt="o", color=colour(0), capsize=2,
            label=f"95 % over {found.rows:,} validation rows",
        )  # fmt: skip
        axes.axvline(0, color="0.4", linewidth=0.8)
        axes.invert_yaxis()
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.4g}")
        axes.set(xlabel="fall of validation accuracy when permuted, pp")
        axes.legend(loc="best")
        return figure

    return Drawing("importance", data, draw, " ".join(notes))
