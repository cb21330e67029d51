"""The smallest network that does it, in blocks."""

from collections.abc import Iterator

from engine.results.smallest import SmallestResult, Tried, WrittenOut
from engine.specs.typed_text import show
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted, warning
from penguin_tui.presentation.text import band, count, counted, percent


def smallest_blocks(found: SmallestResult) -> Iterator[Block]:
    """What was tried and chosen, its price, and the network written out."""
    rows = [*found.tried, found.reference]
    yield Block(
        "The smallest network that does it",
        tuple(_chosen(found)),
        header=("hidden layers", "parameters", "learning rate", "validation accuracy"),
        rows=tuple(
            (hidden_text(one), count(one.parameters), show(one.learning_rate), band(one.validation))
            for one in rows
        ),
        notes=tuple(map(muted, found.notes)),
    )
    written = found.written
    if written.why_not:
        yield Block("Formula", (muted(f"It is not written out: {written.why_not}"),))
        return
    yield Block("Formula", tuple(map(line, written.formula)), notes=(_checked(found, "query"),))
    if written.card:
        header, *points = written.card
        yield Block(
            "Scoring card: the class with the most points", header=header, rows=tuple(points),
            left=2, notes=(_checked(found, "card"),),
        )  # fmt: skip
    yield Block("SQL", tuple(line(part) for part in written.sql.splitlines()))


def as_sql(written: WrittenOut) -> str:
    """The query, below the formula as comments; '' where nothing is written out."""
    return "\n".join([*(f"-- {part}" for part in written.formula), written.sql]).strip()


def hidden_text(one: Tried) -> str:
    """The hidden layers of a network: "8, 8", or that there are none."""
    return ", ".join(map(str, one.hidden_layers)) or "none"


def _chosen(found: SmallestResult) -> Iterator[Line]:
    chosen, reference = found.chosen, found.reference
    if chosen == reference:
        yield line("None of ", Span(counted(len(found.tried), "smaller network"), "strong"),
                   f" comes to {percent(found.threshold)} on the validation rows.")  # fmt: skip
        return
    times = reference.parameters / chosen.parameters
    price = 100 * (reference.validation.mean - chosen.validation.mean)
    yield line(
        "Hidden layers: ", Span(hidden_text(chosen), "accent"),
        f" at learning rate {show(chosen.learning_rate)},"
        f" {counted(chosen.parameters, 'parameter')} instead of"
        f" {count(reference.parameters)} ({times:,.1f} times fewer).",
    )  # fmt: skip
    yield line(
        f"Price: {price:+.1f} pp of validation accuracy given up" if price > 0
        else "Price: none on the validation rows",
        Span(f"; as good is {percent(found.threshold)} and more. It was chosen by these"
             f" {counted(found.validation_rows, 'row')}.", "muted"),
    )  # fmt: skip


def _checked(found: SmallestResult, what: str) -> Line:
    written = found.written
    differing = written.differing if what == "query" else written.card_differing
    rows = counted(written.checked, "row")
    if differing:
        return warning(f"The {what} gives another class than the network on {differing} of {rows}.")
    return muted(f"The {what} gives the network's class on all {rows} (seed {found.seed}).")
