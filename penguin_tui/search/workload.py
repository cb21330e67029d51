"""Beside the form of a sweep or search: how much it would do, or what is wrong with it."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from engine.specs.varying import VaryingSpec
from penguin_tui.forms.cluster_pane import ClusterPane
from penguin_tui.forms.form import Reading
from penguin_tui.presentation.blocks import Block, Span, muted
from penguin_tui.presentation.form_warnings import problems_block
from penguin_tui.presentation.text import counted
from penguin_tui.presentation.workload import workload_blocks, workload_line
from penguin_tui.presentation.workload_estimate import Speed, amount
from penguin_tui.tables.steady_text import SteadyText
from penguin_tui.tables.text_lines import of_blocks


class Workload(VerticalScroll):
    """Follows the form."""

    BINDING_GROUP_TITLE = "Workload"
    DEFAULT_CSS = """
    Workload { padding: 0 1; scrollbar-size-vertical: 1; Static { height: auto; } }
    """

    def compose(self) -> ComposeResult:
        """Text."""
        yield SteadyText("", markup=False, id="workload-text")
        yield ClusterPane()

    def show(self, reading: Reading, problems: Mapping[int, str], speed: Speed | None) -> None:
        """Show what the form comes to at a known speed."""
        spec = reading.spec
        if isinstance(spec, VaryingSpec):
            blocks = workload_blocks(spec, speed)
        else:
            blocks = [_wrong(reading, problems)]
        self.query_one("#workload-text", SteadyText).update(of_blocks(blocks, self.size.width))
        pane = self.query_one(ClusterPane)
        if isinstance(spec, VaryingSpec):
            pane.show(spec.kind, _seconds(spec, speed))
        else:
            pane.show("", None)


def in_a_line(reading: Reading, problems: Mapping[int, str], speed: Speed | None) -> str:
    """The same where there is no room beside the form."""
    spec = reading.spec
    if problems or not isinstance(spec, VaryingSpec):
        wrong = len(problems) + len(reading.problems) or 1
        return f"✗ {counted(wrong, 'setting')} to correct: Run goes to the first one"
    return workload_line(spec, speed)


def _seconds(spec: VaryingSpec, speed: Speed | None) -> float | None:
    """How long it takes here, at most."""
    return speed.seconds(amount(spec))[1] if speed is not None else None


def _wrong(reading: Reading, problems: Mapping[int, str]) -> Block:
    if not problems and not reading.fields.get("vary"):
        empty = Span("The search space is empty", "bad")
        return Block(lines=((empty,), muted("Add a hyperparameter.")))
    rows = [f"row {place + 1}: {text}" for place, text in problems.items()]
    return problems_block([*rows, *reading.problems] or reading.others)
