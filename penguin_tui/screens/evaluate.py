"""Evaluate: one configuration on many splits, on more and more rows, or with each leak."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from engine.specs.repeated import RepeatedSpec
from engine.specs.run_spec import RunSpec
from penguin_tui.forms.form import Reading
from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.presentation.evaluation_cost import Cost, cost_blocks, known_cost
from penguin_tui.presentation.form_warnings import problems_block
from penguin_tui.screens.lookup import Lookup
from penguin_tui.screens.several_kinds import SeveralKindsScreen
from penguin_tui.tables.text_lines import of_blocks


class CostPane(VerticalScroll, can_focus=False):
    """What the form comes to, or what is wrong with it."""

    DEFAULT_CSS = "CostPane { padding: 0 1; Static { height: auto; } }"

    def compose(self) -> ComposeResult:
        """Text."""
        yield Static("", markup=False)

    def show(self, reading: Reading, cost: Cost | None) -> None:
        """Show what the form comes to at a known cost."""
        spec = reading.spec
        if isinstance(spec, RepeatedSpec):
            blocks = cost_blocks(spec, cost)
        else:
            blocks = [problems_block([*reading.problems] or reading.others)]
        self.query_one(Static).update(of_blocks(blocks, self.scrollable_content_region.width))


class EvaluateScreen(SeveralKindsScreen):
    """The form and its cost, or the run it started."""

    PLACE = "evaluate"
    KIND = "evaluate"
    KINDS_HERE = ("evaluate", "learning_curve", "leaks")
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
        return ("repeats", "models")

    def kind_chosen(self, kind: str) -> None:
        """The cost of the other kind."""
        self._show_cost()

    def on_mount(self) -> None:
        """Show what the first settings cost."""
        super().on_mount()
        self._show_cost()

    def on_screen_resume(self) -> None:
        """Another run may have told its time by now."""
        super().on_screen_resume()
        if self.is_mounted and self.query(CostPane):
            self._costs.expire(forget=True)
            self._show_cost()

    def on_spec_form_form_changed(self, message: SpecForm.FormChanged) -> None:
        """The cost follows the form."""
        message.stop()
        self._show_cost()

    def _show_cost(self) -> None:
        for pane in self.query(CostPane):
            reading = self.form.reading
            pane.show(reading, self._costs.of(reading.spec))


def _key(spec: RunSpec) -> tuple[str, str]:
    return spec.kind, str(spec.data)
