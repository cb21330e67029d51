"""The filter over the runs: typed in a line, with what is wrong with it below."""

from collections.abc import Iterable

from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from penguin_tui.forms.line_input import FilterInput
from penguin_tui.presentation.runs.filter import RunFilter, parse_filter

HINT = "words, lr<0.01 val>97% kind:train data:… tag:… !failed"


class RunsFilter(Vertical):
    """Hidden until it is used; filters while one types."""

    DEFAULT_CSS = "RunsFilter { height: auto; }"

    class Changed(Message):
        """Other runs are looked for; sent at every character."""

        def __init__(self, chosen: RunFilter) -> None:
            super().__init__()
            self.chosen = chosen

    def compose(self) -> Iterable[Widget]:
        """The line, and what is wrong with it."""
        yield FilterInput(placeholder=HINT, id="filter", compact=True)
        yield Static("", id="filter-problem", markup=False)

    def on_mount(self) -> None:
        """Nothing is filtered yet."""
        self.display = self.query_one("#filter-problem").display = False

    def open(self) -> None:
        """Let a filter be typed."""
        self.display = True
        self.screen.set_focus(self.query_one(Input))

    def close(self) -> None:
        """All runs again."""
        if self.display:
            self.query_one(Input).value = ""
            self.display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is wrong; the rest of the filter applies."""
        event.stop()
        chosen = parse_filter(event.value)
        problem = self.query_one("#filter-problem", Static)
        problem.display = bool(chosen.problems)
        problem.update("\n".join(map(str, chosen.problems[:2])))
        self.post_message(self.Changed(chosen))
