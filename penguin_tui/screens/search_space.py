"""What the Sweep and Search screens share: a search space above the form."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from engine.specs.run_spec import RunSpec
from penguin_tui.bars.keys import key_of
from penguin_tui.forms.form import DATA_FIELDS
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.forms.search_space.row import about, names_of
from penguin_tui.forms.search_space.table import SearchSpaceTable
from penguin_tui.forms.spec_form import ALONE, SpecForm
from penguin_tui.presentation.workload_estimate import Speed, known_speed
from penguin_tui.screens.form_and_run import FormAndRunScreen
from penguin_tui.screens.lookup import Lookup
from penguin_tui.screens.picker import ChoosingScreen, Offer
from penguin_tui.search.workload import Workload, in_a_line
from penguin_tui.tables.steady_text import SteadyText


class SearchSpaceScreen(FormAndRunScreen):
    """A search space, the other settings, and their workload; or the run."""

    AUTO_FOCUS: ClassVar[str | None] = "SearchSpaceTable"
    WELCOME: ClassVar[str] = ""
    PRESETS = "The post's experiments"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "search_space", "Hyperparameters", id="varying.table",
                tooltip="Go to the table of hyperparameters."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._speeds = Lookup[Speed](self, _key, known_speed, self.show_workload)

    @property
    def table(self) -> SearchSpaceTable:
        """The search space."""
        return self.query_one(SearchSpaceTable)

    def beside(self) -> Widget:
        """How much it would be."""
        return Workload(id="workload")

    def on_mount(self) -> None:
        """Show what the first settings come to."""
        self.table.load(self.form.fields.get("vary", {}))
        down = key_of(self.table, "vary.down")
        keys = f" {down} enters the table; below its last row is the form."
        self.call_after_refresh(self.form.say, self.WELCOME + keys)

    def on_screen_resume(self) -> None:
        """Another run may have told its speed by now."""
        if self.is_mounted and self.query(SearchSpaceTable):
            self._speeds.expire(forget=True)
            self.show_workload()

    # -- what varies ---------------------------------------------------------------------------

    def on_search_space_table_changed(self, message: SearchSpaceTable.Changed) -> None:
        """The spec follows the table."""
        message.stop()
        self.form.put("vary", self.table.vary)

    def on_search_space_table_entered(self, message: SearchSpaceTable.Entered) -> None:
        """Help of the field."""
        message.stop()
        if self.table.has_focus and message.help:
            self.form.say(message.help)

    def on_search_space_table_below(self, message: SearchSpaceTable.Below) -> None:
        """Into the form."""
        message.stop()
        self.form.enter_first()

    def on_form_fields_above(self, message: FormFields.Above) -> None:
        """Back into the table."""
        message.stop()
        if self.table.rows:
            self.form.leave()
            self.table.enter(len(self.table.rows) - 1)

    def on_search_space_table_asked(self, message: SearchSpaceTable.Asked) -> None:
        """A list of what can vary."""
        message.stop()
        table = self.table
        taken = {row.setting for row in table.rows} - {message.setting}
        offers = [
            Offer(name, name, about(name).removeprefix(f"{name}: "))
            for name in names_of(self.form.kind)
            if name not in taken
        ]

        def take(name: str | None) -> None:
            if name is not None:
                table.choose_setting(name)

        self.app.push_screen(ChoosingScreen("Hyperparameters", offers, message.setting), take)

    def on_spec_form_form_changed(self, message: SpecForm.FormChanged) -> None:
        """Rows are checked with the other settings; the plan follows."""
        message.stop()
        if message.form is self.form:
            others = {name: v for name, v in message.reading.fields.items() if name != "vary"}
            self.table.check(message.form.kind, others)
            self.show_workload()

    def action_search_space(self) -> None:
        """Into the table."""
        self.table.enter()

    def action_enter_form(self) -> None:
        """Into the first field, which is in the table."""
        self.table.enter()

    # -- what it comes to ----------------------------------------------------------------------

    def show_workload(self) -> None:
        """Show what the settings come to, and look for a speed that is not known yet."""
        if not self.query(SearchSpaceTable):
            # what the store knows may come when the workbench is being left
            return
        reading = self.form.reading
        spec = reading.spec if not self.table.problems else None
        speed = self._speeds.of(spec)
        for plan in self.form.query(Workload):
            plan.show(reading, self.table.problems, speed)
        line = self.query_one("#workload-line", SteadyText)
        line.display = self.size.width < ALONE
        line.update(in_a_line(reading, self.table.problems, speed))

    # -- form and run --------------------------------------------------------------------------

    def action_run(self) -> None:
        """Start, or go to what has to be mended in the table first."""
        if not self._watching and not self.table.rows:
            self.table.focus()
            self.notify(self.table.nothing_yet(), severity="error")
        elif not self._watching and self.table.problems:
            self.table.enter_problem()
        else:
            super().action_run()

    def show_form(self) -> None:
        """Back to the settings."""
        super().show_form()
        self.table.focus(scroll_visible=False)
        self.show_workload()

    def fill(self, kind: str, fields: Mapping[str, Any]) -> None:
        """Fill form and table; the data stay, and what a preset does not say has its default."""
        data = {name: v for name, v in self.form.fields.items() if name in DATA_FIELDS}
        self.form.load(data | dict(fields))
        self.table.load(fields.get("vary", {}))

    def load(self, spec: RunSpec) -> None:
        """Fill form and table with the settings of a stored run."""
        vary = self.form.fields.get("vary", {})
        super().load(spec)
        self.table.load(self.form.fields.get("vary") or vary)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now."""
        if action == "search_space":
            return not self._watching and not self.table.has_focus
        if action == "to_form":
            return self._watching or not (self.form.has_focus_within or self.table.has_focus)
        return super().check_action(action, parameters)

    def compose_form(self) -> Iterable[Widget]:
        """Table and form, and what they come to where there is no room for it beside them."""
        yield from self.compose_setup()
        line = SteadyText("", id="workload-line", markup=False)
        line.display = False
        yield line

    def compose_setup(self) -> Iterable[Widget]:
        """Table and form."""
        raise NotImplementedError

    def on_resize(self) -> None:
        """What fits."""
        if self.is_mounted and self.query("#workload-line"):
            self.show_workload()


def _key(spec: RunSpec) -> tuple[str, str]:
    return spec.kind, str(spec.data)
