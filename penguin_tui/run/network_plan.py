"""What a training would be: layers, parameters, steps, and the planned learning rate."""

from textual.app import ComposeResult
from textual.containers import Vertical

from engine.specs.kinds.train import TrainSpec
from engine.specs.network import count_parameters
from engine.specs.schedules import planned_rates
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.charts.line_drawing import Series
from penguin_tui.forms.form import Reading, entries
from penguin_tui.presentation.blocks import Block, Span, line, muted, warning
from penguin_tui.presentation.data_shape import Shape
from penguin_tui.presentation.form_warnings import problems_block
from penguin_tui.presentation.text import count, counted
from penguin_tui.tables.steady_text import SteadyText
from penguin_tui.tables.text_lines import of_blocks

UNKNOWN = "Shown once the data have been read (Data screen)."
SHOWN_LAYERS = 4


class Plan(Vertical):
    """Follows the form; says what the form cannot know yet."""

    DEFAULT_CSS = """
    Plan {
        padding: 0 1;
        #plan-text { height: auto; }
        LineChart { height: 1fr; min-height: 7; max-height: 18; margin-top: 1; }
    }
    """

    _shown: tuple[Reading, Shape | None] | None = None

    def compose(self) -> ComposeResult:
        """Text and chart."""
        yield SteadyText("", id="plan-text", markup=False)
        yield LineChart("Planned learning rate", id="plan-rate", empty=UNKNOWN)

    def show(self, reading: Reading, shape: Shape | None) -> None:
        """Show what the form comes to, on data of this shape (None: not known)."""
        self._shown = reading, shape
        spec = reading.spec if isinstance(reading.spec, TrainSpec) else None
        if spec is None:
            paths = [entries("train")[name].path for name in reading.problems]
            blocks = [problems_block([*paths, *reading.others])]
        else:
            blocks = network_blocks(spec, shape)
        self.query_one("#plan-text", SteadyText).update(of_blocks(blocks, self.size.width))
        if spec is not None:
            self.query_one(LineChart).show(rate_series(spec, shape), x_max=float(spec.epochs))

    def on_resize(self) -> None:
        """Other lines fit."""
        if self._shown is not None:
            self.show(*self._shown)


def network_blocks(spec: TrainSpec, shape: Shape | None) -> list[Block]:
    """Layers, parameters and steps."""
    units = [count(width) for width in spec.hidden_layers]
    if len(units) > SHOWN_LAYERS:
        units = [*units[: SHOWN_LAYERS - 1], "…", units[-1]]
    ends = (count(shape.features), count(shape.classes)) if shape else ("inputs", "classes")
    hidden = counted(len(spec.hidden_layers), "hidden layer")
    about = "" if shape is None or shape.exact else "about "
    layers = [
        line(" → ".join([ends[0], *units, ends[1]])),
        line(f"{hidden} and output" if units else "no hidden layer: a linear classifier"),
    ]
    if shape is None:
        return [Block("Network", tuple(layers)), Block("Parameters", (muted(UNKNOWN),))]
    total = count_parameters(spec.hidden_layers, shape.features, shape.classes)
    steps = shape.steps(spec.batch_size)
    layers.append((Span(f"{about}{counted(total, 'parameter')}", "strong"),))
    all_steps = counted(spec.epochs * steps, "step")
    training = [
        line(f"{about}{counted(shape.training_rows, 'row')}, {counted(steps, 'step')} per epoch"),
        line(f"{counted(spec.epochs, 'epoch')}, {about}{all_steps}"),
    ]
    if spec.batch_size > shape.training_rows:
        training.append(warning("the batch holds all rows: one step per epoch"))
    return [Block("Network", tuple(layers)), Block("Training", tuple(training))]


def rate_series(spec: TrainSpec, shape: Shape | None) -> list[Series]:
    """The learning rate at the end of every epoch; nothing while steps are not known."""
    if shape is None and not spec.schedule.by_epoch:
        return []
    steps = shape.steps(spec.batch_size) if shape else 1
    rates = planned_rates(spec.schedule, spec.learning_rate, spec.epochs, steps)
    return [Series("rate", range(1, spec.epochs + 1), rates, 0)]
