"""The post's figures beside what the same code gives today, and done right."""

import pandas as pd
from matplotlib.figure import Figure

from engine.figures.drawing import Drawing, StoredRun
from engine.figures.style import colour, interval_bars, marker, panels, percent_axis, plain
from engine.results.search import ReproduceResult


def reproduction(run: StoredRun) -> Drawing | None:
    """Test accuracy of every part: published, as published today, and on a held-out test set."""
    result = run.state.result
    if not isinstance(result, ReproduceResult):
        return None
    rows: list[tuple[str, str, float, float | None, float | None]] = []
    for row in result.rows:
        if row.published_test is not None:
            rows.append((row.part, "published", row.published_test, None, None))
        if (today := row.as_published_test) is not None:
            low, high = row.as_published_low, row.as_published_high
            rows.append((row.part, "as published, today", today.mean, low, high))
        if (strict := row.strict_test) is not None:
            rows.append((row.part, "held-out test set", strict.mean, strict.low, strict.high))
    if not rows:
        return None
    data = pd.DataFrame(rows, columns=["part", "protocol", "accuracy", "low", "high"])

    def draw(data: pd.DataFrame) -> Figure:
        parts = list(dict.fromkeys(data["part"]))
        figure, (axes,) = panels(1, width=7.0, height=1.4 + 0.5 * len(parts))
        for place, (name, own) in enumerate(data.groupby("protocol", sort=False)):
            heights = [parts.index(part) + 0.22 * (place - 1) for part in own["part"]]
            interval_bars(
                axes, heights, own, "accuracy",
                color=colour(place), marker=marker(place), markersize=5, label=str(name),
            )  # fmt: skip
        axes.set_yticks(range(len(parts)), [plain(part) for part in parts])
        axes.invert_yaxis()
        axes.set(xlabel="accuracy")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=3)
        percent_axis(axes.xaxis)
        return figure

    return Drawing("reproduction", data, draw)
