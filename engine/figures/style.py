"""How all figures look: the workbench's colours, markers and line patterns on white paper."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter

from engine.client.drawing import Palette

# the screen's markers; seaborn mixes no hollow ones with filled ones: those have other corners
_MARKERS: Final = {
    "●": "o", "▲": "^", "■": "s", "◆": "D", "○": "p", "✚": "P", "△": "v", "□": "h",
}  # fmt: skip
DOTS_PER_INCH: Final = 150
# what files say of themselves: nothing that differs from one time to the next
METADATA: Final[dict[str, dict[str, Any]]] = {
    "png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None},
}  # fmt: skip
# of a label on an axis or in a legend, in characters; longer ones go on in the next line
_LINE: Final = 28
_markers: list[str] = ["o"]
_dashes: list[tuple[int, ...]] = [()]


def use(palette: Palette) -> None:
    """Draw with `palette` from now on, in this process."""
    sns.set_theme(context="paper", style="whitegrid", palette=list(palette.colours), rc={
        "figure.dpi": DOTS_PER_INCH, "savefig.dpi": DOTS_PER_INCH, "savefig.bbox": "tight",
        "figure.constrained_layout.use": True,
        # names of columns and classes are text, whatever they look like
        "text.parse_math": False, "text.usetex": False, "axes.formatter.use_mathtext": False,
        "axes.unicode_minus": False, "svg.fonttype": "none", "svg.hashsalt": "penguin-tui",
        "grid.color": "0.9", "axes.edgecolor": "0.6", "legend.frameon": False,
    })  # fmt: skip
    _markers[:] = [_MARKERS[glyph] for glyph in palette.markers]
    _dashes[:] = palette.patterns


def colour(index: int) -> Any:
    """The colour of series or class `index`."""
    palette = sns.color_palette()
    return palette[index % len(palette)]


def marker(index: int) -> str:
    """The marker of series or class `index`."""
    return _markers[index % len(_markers)]


def line_style(index: int) -> Any:
    """The pattern of the line of series or class `index`, as matplotlib takes it."""
    pattern = _dashes[index % len(_dashes)]
    return (0, pattern) if pattern else "solid"


def plain(text: object) -> str:
    """A label: what cannot be printed is replaced, a long one goes on in the next line."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))
    # matplotlib leaves labels with a leading underscore out of its legends
    shown = f" {shown}" if shown.startswith("_") else shown
    return "\n".join(shown[i : i + _LINE] for i in range(0, len(shown), _LINE)) or "''"


def panels(
    count: int, *, columns: int = 3, width: float = 3.4, height: float = 2.6
) -> tuple[Figure, list[Axes]]:
    """A figure with `count` axes in rows of up to `columns`, each of that size in inches."""
    across = min(count, columns)
    down = -(-count // across)
    figure = Figure(figsize=(across * width, down * height))
    grid = figure.subplots(down, across, squeeze=False)
    axes = list(grid.flat)
    for spare in axes[count:]:
        spare.set_visible(False)
    return figure, axes[:count]


def percent(fraction: float) -> str:
    """A fraction as everywhere in this program."""
    return f"{100 * fraction:.1f} %"


def percent_axis(axis: Axis) -> None:
    """Write fractions as percentages."""
    axis.set_major_formatter(lambda value, _: f"{100 * value:.4g} %")


def whole_axis(axis: Axis) -> None:
    """Mark whole numbers alone, such as epochs and rows."""
    axis.set_major_locator(MaxNLocator(integer=True))


def log_axis(axes: Axes) -> None:
    """Let equal ratios on the x axis have equal widths; its numbers are written in full."""
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())


def legend_below(figure: Figure, axes: Axes, title: str = "") -> None:
    """One legend for all panels, under them."""
    handles, labels = axes.get_legend_handles_labels()
    if own := axes.get_legend():
        own.remove()
    figure.legend(handles, labels, title=title or None, loc="outside lower center",
                  ncols=min(5, len(labels)))  # fmt: skip


def interval_bars(
    axes: Axes, places: Sequence[float], data: pd.DataFrame, value: str,
    *, upright: bool = False, **look: Any,
) -> None:  # fmt: skip
    """The column `value` with its intervals `low` to `high`, lying at `places` of the y axis.

    `upright` stands them on the x axis. A row without an interval is a point alone.
    """
    middle = data[value]
    low, high = data["low"].fillna(middle), data["high"].fillna(middle)
    # rounding may put a bound past the value it surrounds
    ends = ((middle - low).clip(lower=0.0), (high - middle).clip(lower=0.0))
    if upright:
        axes.errorbar(places, middle, yerr=ends, capsize=3, linestyle="none", **look)
    else:
        axes.errorbar(middle, places, xerr=ends, capsize=3, linestyle="none", **look)
