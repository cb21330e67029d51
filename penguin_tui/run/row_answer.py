"""What a run makes of a row that is typed, in lines."""

from collections.abc import Iterator

from engine.results.prediction import FeatureRange, RowPrediction
from penguin_tui.charts.bar_chart import bar
from penguin_tui.presentation.blocks import Line, Span, line, muted, warning
from penguin_tui.presentation.text import cell_width, clipped, counted, fitted, percent, shortened
from penguin_tui.presentation.words import set_name

LABEL, BAR, SHORTEST_BAR = 20, 30, 6
# the mark before a class, and its probability with blanks around it
BESIDE_BAR = 12
NO_NETWORK = "A row can be predicted when the run has finished: it keeps its network then."


def answer_lines(found: RowPrediction, most: int, width: int) -> Iterator[Line]:
    """The probability of each class, of `most` at most, and what to know of them."""
    yield from probability_lines(found, most, width)
    yield line()
    yield _turning(found)
    if found.actual:
        right = "right" if found.actual == found.predicted else "wrong"
        yield line(f"A {set_name(found.data_set)} row of class {clipped(found.actual, 40)}:"
                   f" {right}.")  # fmt: skip
    for name, what in (found.problems | found.flags).items():
        counts = "; it counts as missing" if name in found.problems else ""
        yield warning(f"{clipped(name, 30)}: {what}{counts}")


def probability_lines(found: RowPrediction, most: int, width: int) -> Iterator[Line]:
    """The probability of each class, of `most` at most.

    A class has one line in so many columns: the bars are as long as there is room.
    """
    names = shortened(found.labels, LABEL)
    label_width = max(map(cell_width, names))
    longest = max(SHORTEST_BAR, min(BAR, width - label_width - BESIDE_BAR))
    ranked = sorted(range(len(found.labels)), key=lambda i: -found.probabilities[i])
    for place in sorted(ranked[:most]):
        probability, label = found.probabilities[place], found.labels[place]
        chosen = label == found.predicted
        yield line(
            Span(
                ("▸ " if chosen else "  ") + fitted(names[place], label_width),
                "accent" if chosen else "",
            ),
            f" {percent(probability):>8} ",
            Span(bar(probability, longest), "accent" if chosen else "muted"),
        )
    if ranked[most:]:
        rest = sum(found.probabilities[place] for place in ranked[most:])
        yield muted(f"  {counted(len(ranked) - most, 'more class', 'more classes')}:"
                    f" {percent(rest)} together")  # fmt: skip


def _turning(found: RowPrediction) -> Line:
    """The smallest change that would turn the answer: of the model, and no advice."""
    other = found.counterfactual
    if other is None:
        return muted("No change of one column within the training range turns the answer.")
    before = found.cells[other.name] or "missing"
    return line(
        "The network would say ", Span(clipped(other.label, 30), "strong"),
        f" with {clipped(other.name, 30)} {clipped(other.cell, 30)} instead of"
        f" {clipped(before, 30)}",
        Span(" (smallest change of one column; not advice)", "muted"),
    )  # fmt: skip


def range_text(feature: FeatureRange) -> str:
    """The values that a column has in the training set."""
    if feature.type == "categorical":
        return counted(len(feature.levels), "category", "categories")
    return f"{feature.low} to {feature.high}, median {feature.typical}" if feature.low else ""
