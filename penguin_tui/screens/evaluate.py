"""Evaluate: one configuration on many splits, on more rows, with each leak, without each row."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from engine.specs.kinds.influence import InfluenceSpec
from engine.specs.repeated import RepeatedSpec
from engine.specs.run_spec import RunSpec
from penguin_tui.forms.cluster_pane import ClusterPane
from penguin_tui.forms.form import Reading
from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.presentation.evaluation_cost import (
    Cost,
    cost_blocks,
    known_cost,
    whole_seconds,
)
from penguin_tui.presentation.form_warnings import problems_block
from penguin_tui.presentation.results.influence import influence_workload
from penguin_tui.screens.lookup import Lookup
from penguin_tui.screens.several_kinds import SeveralKindsScreen
from penguin_tui.tables.steady_text import SteadyText
from penguin_tui.tables.text_lines import of_blocks


class CostPane(VerticalScroll, can_focus=False):
    """What the form comes to, or what is wrong with it."""

    DEFAULT_CSS = "CostPane { padding: 0 1; Static { height: auto; } }"
    _shown: tuple[Reading, Cost | None] | None = None

    def compose(self) -> ComposeResult:
        """Text."""
        yield SteadyText("", markup=False, id="cost-text")
        yield ClusterPane()

    def show(self, reading: Reading, cost: Cost | None) -> None:
        """Show what the form comes to at a known cost."""
        self._shown = reading, cost
        spec = reading.spec
        if isinstance(spec, RepeatedSpec):
            blocks = cost_blocks(spec, cost)
        elif isinstance(spec, InfluenceSpec):
            blocks = [influence_workload(spec)]
        else:
            blocks = [problems_block([*reading.problems] or reading.others)]
        room = self.scrollable_content_region.width
        self.query_one("#cost-text", SteadyText).update(of_blocks(blocks, room))
        here = whole_seconds(spec, cost) if isinstance(spec, RepeatedSpec) else None
        self.query_one(ClusterPane).show(spec.kind if spec is not None else "", here)

    def on_resize(self) -> None:
        """Other lines fit."""
        if self._shown is not None:
            self.show(*self._shown)


class EvaluateScreen(SeveralKindsScreen):
    """The form and its cost, or the run it started."""

    PLACE = "evaluate"
    KIND = "evaluate"
    KINDS_HERE = ("evaluate", "learning_curve", "leaks", "influence")
    KINDS_TITLE = "Evaluate"
    AUTO_FOCUS = "SpecForm.-chosen FormFields"

    def __init__(self) -> None:
        super().__init__()
        self._costs = Lookup[Cost](self, _key, known_cost, self._show_cost)

    def compose_form(self) -> Iterable[Widget]:
        """Kind and form."""
        yield self.kind_row()
        yield from self.kind_forms()

    def beside(self) -> Widget:
        """The cost."""
        return CostPane()

    def own_fields(self, kind: str) -> tuple[str, ...]:
        """Repeats of cross-validations are others than those of curves."""
        return ("repeats", "models", "folds")

    def kind_chosen(self, kind: str) -> None:
        """The cost of the other kind."""
        self._show_cost()

    def on_mount(self) -> None:
        """Show what the first settings cost."""
        self._show_cost()

    def on_screen_resume(self) -> None:
        """Another run may have told its time by now."""
        if self.is_mounted and self.query(CostPane):
            self._costs.expire(forget=True)
            self._show_cost()

    def on_spec_form_form_changed(self, message: SpecForm.FormChanged) -> None:
        """The cost follows the form."""
        message.stop()
        self._show_cost()

    def _show_cost(self) -> None:
        if not self.query(CostPane):
            # what the store knows may come when the workbench is being left
            return
        reading = self.form.reading
        for pane in self.form.query(CostPane):
            pane.show(reading, self._costs.of(reading.spec))


def _key(spec: RunSpec) -> tuple[str, str]:
    return spec.kind, str(spec.data)
