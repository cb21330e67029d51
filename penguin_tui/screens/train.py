"""Train: set up a network, see what it would be, watch it learn."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from textual.widget import Widget

from engine.kinds import KINDS
from engine.specs.data import DataSpec
from engine.specs.run_spec import RunSpec
from engine.specs.typed_text import show
from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.presentation.data_shape import Shape, known_shape, shape_of
from penguin_tui.run.network_plan import Plan
from penguin_tui.screens.form_and_run import FormAndRunScreen
from penguin_tui.screens.lookup import Lookup
from penguin_tui.screens.picker import Offer

if TYPE_CHECKING:
    from penguin_tui.engine_link.messages import RunChanged


class TrainScreen(FormAndRunScreen):
    """The form and its plan, or the run it started."""

    PLACE = "train"
    KIND = "train"
    PRESETS = "The post's networks"

    def __init__(self) -> None:
        super().__init__()
        self._shapes = Lookup[Shape](
            self, _key, known_shape, self._show_plan, lambda shape: shape.exact
        )

    def beside(self) -> Widget:
        """The plan."""
        return Plan(id="plan")

    def on_mount(self) -> None:
        """Show the plan of the first settings."""
        self._show_plan()

    def on_screen_resume(self) -> None:
        """The data may be known by now."""
        self._shapes.expire()
        self._show_plan()

    def on_spec_form_form_changed(self, message: SpecForm.FormChanged) -> None:
        """The plan follows the form."""
        message.stop()
        self._show_plan()

    def _show_plan(self) -> None:
        if self.is_mounted:
            reading = self.form.reading
            self.query_one(Plan).show(reading, self._shapes.of(reading.spec))

    def on_run_changed(self, message: "RunChanged") -> None:
        """The run has got on, and says the shape of its data."""
        if message.state.data is not None:
            spec = message.record.spec
            self._shapes.learn(spec, shape_of(message.state, spec, same=True))

    def show_form(self) -> None:
        """Back to the form, with what the run has said of the data."""
        super().show_form()
        self._show_plan()

    def presets(self) -> Iterable[tuple[Offer, str, Mapping[str, Any]]]:
        """The post's networks."""
        for name, fields in KINDS["train"].presets.items():
            yield Offer(name, name, _about(fields)), "train", fields


def _about(fields: Mapping[str, Any]) -> str:
    """What is special about a preset, in a line."""
    layers = show(fields["hidden_layers"])
    parts = [layers or "no hidden layer", f"{fields['epochs']} epochs"]
    schedule = fields["schedule"]["name"]
    if schedule != "constant":
        parts.append(f"{schedule.replace('_', ' ')} from {show(fields['learning_rate'])}")
    if fields["kernel_l1"] or fields["kernel_l2"]:
        parts.append("L1, L2")
    if fields["dropout"]:
        parts.append(f"dropout {show(fields['dropout'])}")
    if fields["early_stopping"]:
        parts.append("stops early")
    return " · ".join(parts)


def _key(spec: RunSpec) -> str:
    return DataSpec.model_dump_json(spec.data_spec)
