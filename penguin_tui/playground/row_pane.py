"""The row that the plane goes through: edited, and what each network says of it."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from engine.results.playground import PlaygroundAnswer
from engine.specs.kinds.playground import NETWORKS
from penguin_tui.presentation.blocks import Line, Span, line, muted, warning
from penguin_tui.run.row_answer import probability_lines
from penguin_tui.run.row_fields import RowFields
from penguin_tui.tables.text_lines import content

# of which the probabilities are listed
MOST_CLASSES = 8


class RowPane(Container):
    """The votes above, the fields of the row below."""

    DEFAULT_CSS = """
    RowPane { height: 1fr; layout: vertical; Static { height: auto; padding: 0 1 1 1; } }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._loading = True

    def compose(self) -> ComposeResult:
        """Votes and fields."""
        yield Static("The row is shown when the first networks have been trained.", markup=False)
        yield RowFields()

    def on_mount(self) -> None:
        """Fields are there once the engine has said what the columns are."""
        self.query_one(RowFields).display = False

    def load(self) -> None:
        """Take over the cells of the next answer, whatever stands in the fields."""
        self._loading = True

    def show(self, answer: PlaygroundAnswer) -> None:
        """Show what the networks say."""
        fields = self.query_one(RowFields)
        fields.fill(answer.row, loaded=self._loading)
        fields.display, self._loading = True, False
        width = self.query_one(Static).content_size.width or self.size.width
        self.query_one(Static).update(content(vote_lines(answer, width)))


def vote_lines(answer: PlaygroundAnswer, width: int) -> Iterator[Line]:
    """What the networks say of the row that the plane goes through."""
    yield from probability_lines(answer.row, MOST_CLASSES, width)
    row, chosen = answer.row, max(answer.row.probabilities)
    if answer.networks == NETWORKS["bootstraps"] - answer.diverged:
        votes = round(chosen * answer.networks)
        yield line(f"{votes} of {answer.networks} networks vote for ",
                   Span(row.predicted, "strong"),
                   ": each has learnt from a bootstrap sample of its own.")  # fmt: skip
    else:
        yield muted(f"Mean probabilities of {answer.networks} networks, each of another seed.")
    for name, what in row.problems.items():
        yield warning(f"{name}: {what}; it counts as missing")
