"""Train: set up a network, see what it would be, watch it learn."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from engine.specs.data import DataSpec
from engine.specs.presets import TRAIN_PRESETS
from engine.specs.run_spec import RunSpec
from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.presentation.data_shape import Shape, known_shape, shape_of
from penguin_tui.run.network_plan import Plan
from penguin_tui.screens.form_and_run import FormAndRunScreen
from penguin_tui.screens.presets import train_presets

if TYPE_CHECKING:
    from penguin_tui.engine_link.follower import RunChanged

# how long the data settings rest before somebody looks for what is known of them
PAUSE_SECONDS = 0.3


class TrainScreen(FormAndRunScreen):
    """The form and its plan, or the run it started."""

    PLACE = "train"
    KIND = "train"
    CSS_PATH = Path(__file__).with_name("train.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "presets", "Presets", id="train.presets",
                tooltip="Fill the form with one of the post's networks."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._shapes: dict[str, Shape] = {}
        self._asked = ""

    def compose_form(self) -> Iterable[Widget]:
        """Form and plan."""
        return (SpecForm("train", self.first_fields(), beside=Plan(id="plan"), id="form"),)

    def on_mount(self) -> None:
        """Show the plan of the first settings."""
        super().on_mount()
        self._refresh_timer = self.set_timer(PAUSE_SECONDS, self._look_up, pause=True)
        self._show_plan()

    def on_screen_resume(self) -> None:
        """The data may be known by now."""
        super().on_screen_resume()
        self._asked = ""
        self._show_plan()

    def on_spec_form_form_changed(self, message: SpecForm.FormChanged) -> None:
        """The plan follows the form."""
        message.stop()
        self._show_plan()

    def _show_plan(self) -> None:
        if not self.is_mounted:
            return
        reading = self.form.reading
        spec = reading.spec
        shape = self._shapes.get(_key(spec)) if spec is not None else None
        self.query_one(Plan).show(reading, shape)
        if spec is not None and (shape is None or not shape.exact) and self._asked != _key(spec):
            self._refresh_timer.stop()
            self._refresh_timer = self.set_timer(PAUSE_SECONDS, self._look_up)

    def _look_up(self) -> None:
        spec = self.form.reading.spec
        if spec is None:
            return
        key = self._asked = _key(spec)

        def found(shape: Shape | None) -> None:
            if shape is not None:
                self._shapes[key] = shape
                self._show_plan()

        self.workbench.engine_call(lambda store: known_shape(store, spec), found)

    def on_run_changed(self, message: "RunChanged") -> None:
        """The run has got on, and tells the shape of its data."""
        super().on_run_changed(message)
        if message.state.data is not None:
            spec = message.record.spec
            key = _key(spec)
            shape = self._shapes.get(key)
            if shape is None or not shape.exact:
                told = shape_of(message.state, spec, same=True)
                if told is not None:
                    self._shapes[key] = told

    def show_form(self) -> None:
        """Back to the form, with what the run has told of the data."""
        super().show_form()
        self._show_plan()

    def action_presets(self) -> None:
        """Choose one of the post's networks."""
        self.app.push_screen(train_presets(), self._take_preset)

    def _take_preset(self, name: str | None) -> None:
        if name is not None:
            self.form.load(self.form.fields | TRAIN_PRESETS[name])
            self.form.leave()
            self.say_preset(f"the post's network {name}")


def _key(spec: RunSpec) -> str:
    return DataSpec.model_dump_json(spec.data_spec)
