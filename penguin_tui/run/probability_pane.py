"""The probabilities of a run: curves, reliability, and the threshold that a person moves."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.widgets import Static

from engine.results.probabilities import THRESHOLDS, ProbabilityFigures
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.charts.grid import Drawing
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.presentation.blocks import Block, line
from penguin_tui.presentation.results.probabilities import (
    COSTS,
    ThresholdLook,
    choice_blocks,
    classes_block,
    figures_of,
    missing,
    rule_of,
    sets_block,
)
from penguin_tui.run.probability_charts import CHARTS
from penguin_tui.tables.text_lines import of_blocks

if TYPE_CHECKING:
    from engine.results.decision_rule import DecisionRule
    from engine.store.store import Store

# room for all charts side by side
THREE_COLUMNS = 120


class ProbabilityPane(Container, can_focus=True):
    """One chart beside the figures, or all charts above them; its keys act on all of it."""

    BINDING_GROUP_TITLE = "Probabilities"
    DEFAULT_CSS = """
    ProbabilityPane {
        height: 1fr; layout: horizontal;
        #drawings { width: 1fr; height: 1fr; }
        #probability-text { width: 45; height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
        #probability-text Static { height: auto; }
        &.-wide { layout: vertical; }
        &.-wide #probability-text { width: 1fr; height: auto; max-height: 50%; }
        #figures, #choices { width: 1fr; }
        #probability-columns { height: auto; layout: vertical; }
        &.-wide #probability-columns { layout: horizontal; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "threshold(-1)", "Threshold", id="probabilities.left", key_display="←→",
                tooltip="Move the threshold of the positive class; matrix and costs follow."),
        Binding("right", "threshold(1)", "Threshold", show=False, id="probabilities.right"),
        Binding("shift+left", "threshold(-10)", "Back 10", show=False,
                id="probabilities.far_left"),
        Binding("shift+right", "threshold(10)", "Forward 10", show=False,
                id="probabilities.far_right"),
        Binding("space", "costs", "Costs", id="probabilities.costs",
                tooltip="Other costs of a missed row and of a false alarm."),
        Binding("enter", "keep", "Keep", id="probabilities.keep",
                tooltip="Keep the threshold, and the temperature where it helps, with the model."),
        Binding("backspace", "reset", "Reset", id="probabilities.reset",
                tooltip="Keep nothing: the most probable class, as the model was trained."),
        Binding("down", "chart(1)", "Other charts", id="probabilities.chart", key_display="↑↓",
                tooltip="Show another chart: ROC, precision over recall, reliability."),
        Binding("up", "chart(-1)", "Other charts", show=False, id="probabilities.chart_back"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="probabilities.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="probabilities.up"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._record: RunRecord | None = None
        self._figures: ProbabilityFigures | None = None
        self._missing = ""
        self._shown = 0
        self.look = ThresholdLook()

    def compose(self) -> ComposeResult:
        """Charts, and the figures beside or below them."""
        with Horizontal(id="drawings"):
            for name, picture in CHARTS.items():
                yield Drawing(picture, id=name)
        texts = (Static("", markup=False, id=name) for name in ("figures", "choices"))
        with VerticalScroll(id="probability-text", can_focus=False):
            yield Container(*texts, id="probability-columns")

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this moment of the run."""
        self._record, self._figures = record, figures_of(state)
        self._missing = missing(record, state)
        self._redraw()

    def on_resize(self) -> None:
        """More charts fit, or fewer."""
        self._redraw()

    def on_focus(self) -> None:
        """The title of the chart stands out."""
        self._redraw()

    def on_blur(self) -> None:
        """Back to a plain title."""
        self._redraw()

    def _redraw(self) -> None:
        record, found = self._record, self._figures
        if record is None or not self.is_mounted:
            return
        wide = self.size.width >= THREE_COLUMNS
        self.set_class(wide, "-wide")
        for place, name in enumerate(CHARTS):
            drawing = self.query_one(f"#{name}", Drawing)
            drawing.display = found is not None and (wide or place == self._shown)
            if found is not None:
                at = found.thresholds.matrix(self.look.threshold) if found.thresholds else None
                drawing.show(found, at, self.has_focus and place == self._shown)
        figures, choices = [Block(lines=(line(self._missing),))], list[Block]()
        if found is not None:
            figures = [sets_block(found)]
            choices = list(choice_blocks(record, found, self.look))
            figures += [classes_block(found)] if wide or found.thresholds is None else []
        for name, blocks in (("figures", figures), ("choices", choices)):
            static = self.query_one(f"#{name}", Static)
            static.update(of_blocks(blocks, static.size.width))
        self.refresh_bindings()

    # -- keys -----------------------------------------------------------------------------------

    def action_threshold(self, steps: int) -> None:
        """Move the threshold by so many percent."""
        threshold = min(THRESHOLDS[-1], max(THRESHOLDS[0], self.look.threshold + steps))
        self.look = replace(self.look, threshold=threshold)
        self._redraw()

    def action_costs(self) -> None:
        """The next costs."""
        place = (COSTS.index(self.look.costs) + 1) % len(COSTS)
        self.look = replace(self.look, costs=COSTS[place])
        self._redraw()

    def action_chart(self, step: int) -> None:
        """Another chart, where one is shown at a time."""
        self._shown = (self._shown + step) % len(CHARTS)
        self._redraw()

    def action_page(self, step: int) -> None:
        """Scroll the figures where they do not fit."""
        text = self.query_one("#probability-text", VerticalScroll)
        text.scroll_relative(y=step * text.size.height, animate=False)

    def action_keep(self) -> None:
        """Keep what is looked at with the model."""
        if self._figures is not None:
            self._keep(rule_of(self._figures, self.look))

    def action_reset(self) -> None:
        """Keep nothing."""
        self._keep(None)

    def _keep(self, rule: "DecisionRule | None") -> None:
        record, app = self._record, self.app
        if record is None or not isinstance(app, LinkedApp):
            return
        run = record.id

        def work(store: "Store") -> None:
            store.set_decision_rule(run, rule)

        said = "keeps how it decides" if rule is not None else "decides by the most probable class"
        app.engine_call(work, lambda _: self.notify(f"Run {run} {said}."))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense of these figures."""
        found, record = self._figures, self._record
        if action in ("threshold", "costs"):
            return found is not None and found.thresholds is not None
        if action == "keep":
            return found is not None and rule_of(found, self.look) is not None
        if action == "reset":
            return record is not None and record.decision_rule is not None
        if action == "chart":
            return found is not None and not self.has_class("-wide")
        return True
