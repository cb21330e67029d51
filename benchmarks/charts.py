"""How long a chart takes to draw, beside plotext drawing the same curves by itself.

Both draw training and validation in braille on 80 x 20 cells, one after the other in
the same run. plotext alone is left out at 100,000 points, where it takes seconds.

    python -m benchmarks.charts
"""

import math
import random
import statistics
import sys
import time
from array import array
from collections.abc import Callable

from textual_plotext.plot import Plot

from penguin_tui.charts.line_drawing import Chart, Series, draw_chart

WIDTH, HEIGHT = 80, 20
POINTS = (30, 200, 2_000, 100_000)
PEER_POINTS = 2_000
REPEATS = 9
TARGET_MS = 20.0


def curves(points: int, noise: float) -> list[Series]:
    """Two falling curves with some noise."""
    draw = random.Random(1)
    xs = range(1, points + 1)
    return [
        Series(
            name,
            xs,
            array("d", [low + math.exp(-4 * x / points) + noise * draw.random() for x in xs]),
            index,
        )
        for index, (name, low) in enumerate((("training", 0.1), ("validation", 0.2)))
    ]


def ours(series: list[Series]) -> None:
    """The workbench's chart."""
    draw_chart(Chart("Loss", tuple(series), x_label="epoch"), WIDTH, HEIGHT)


def alone(series: list[Series]) -> None:
    """Draw every point with plotext."""
    plot = Plot()
    plot._set_size(WIDTH, HEIGHT)
    for one in series:
        plot.plot(list(one.xs), list(one.ys), marker="braille")
    plot.build()


def milliseconds(draw: Callable[[list[Series]], None], series: list[Series]) -> float:
    """The median of some drawings."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        draw(series)
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def main() -> int:
    """Print a table; 1 when a drawing takes longer than it may."""
    slow = False
    print("| points | noise | ours | plotext alone | ratio |")
    print("|---|---|---|---|---|")
    for noise in (0.0, 0.5):
        for points in POINTS:
            series = curves(points, noise)
            mine = milliseconds(ours, series)
            slow |= mine > TARGET_MS
            row = f"| {points:,} | {noise} | {mine:.1f} ms |"
            if points <= PEER_POINTS:
                peer = milliseconds(alone, series)
                print(f"{row} {peer:.1f} ms | {peer / mine:.1f} |")
            else:
                print(f"{row} | |")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
