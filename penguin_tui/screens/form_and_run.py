"""A screen with a form that starts runs and shows them: Train, Baseline, and what comes."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget

from engine.kinds import KINDS
from engine.specs.parsing import to_fields
from engine.specs.run_spec import RunSpec
from penguin_tui.bars.keys import key_of
from penguin_tui.engine_link.submission import submit_run
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.forms.kept_form import beginning, keep
from penguin_tui.forms.shared_data import data_fields, shared_choice
from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.presentation.data_text import is_of
from penguin_tui.presentation.results.best_settings import can_be_evaluated, evaluation_of
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.messages import LoadSettings
from penguin_tui.screens.picker import ChoosingScreen, Offer
from penguin_tui.screens.run_view import RunView

if TYPE_CHECKING:
    from engine.store.store import Store
    from penguin_tui.engine_link.messages import RunChanged


class FormAndRunScreen(WorkScreen):
    """Either the form or the run it started; Esc goes back to the form, the run continues.

    A subclass names the `KIND` of its form and what stands `beside` it. `FIRST` are settings to
    begin with, other than the defaults; `PRESETS` says what `presets` are, if there are any.
    """

    KIND: ClassVar[str] = ""
    FIRST: ClassVar[dict[str, Any]] = {}
    PRESETS: ClassVar[str] = ""
    CSS_PATH = Path(__file__).with_name("form_and_run.tcss")
    AUTO_FOCUS: ClassVar[str | None] = "FormFields"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "Run", id="form.run", tooltip="Start a run with these settings."),
        Binding("ctrl+r", "run", "Run", id="form.run_typing", key_display="^r",
                tooltip="The same, also while typing in a field."),
        Binding("w", "show_last_run", "Show last run", id="form.last",
                tooltip="Show the last run of these data that this form can start."),
        Binding("escape", "to_form", "Settings", id="form.back",
                tooltip="Back to the form; the run continues."),
        Binding("l", "presets", "Load preset", id="form.presets",
                tooltip="Fill the form with one of the post's networks or experiments."),
        Binding("percent_sign", "evaluate", "Evaluate", show=False, id="form.evaluate",
                key_display="%",
                tooltip="Put these settings into the Evaluate form: many splits, other models."),
        Binding("down", "enter_form", "Fields", show=False, id="form.enter",
                tooltip="Go into the form."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.run_id: int | None = None
        self._watching = False
        self._submitting = False

    def compose_body(self) -> Iterable[Widget]:
        """The form, and the view of a run in its place."""
        form = Container(*self.compose_form(), id="setup")
        view = RunView(
            lambda: (
                f"{key_of(self, 'form.run')} runs it again,"
                f" {key_of(self, 'form.back')} goes to the settings."
            ),
            id="watch",
        )
        view.display = False
        return (form, view)

    def compose_form(self) -> Iterable[Widget]:
        """The form and what stands beside it."""
        yield self.new_form(self.KIND)

    def new_form(self, kind: str) -> SpecForm:
        """A form of the data that all screens use, and of what stood in it when it was left."""
        fields = beginning(self.workbench.forms, kind, self.workbench.data_choice, self.FIRST)
        return SpecForm(kind, fields, beside=self.beside())

    def on_spec_form_form_changed(self, message: SpecForm.FormChanged) -> None:
        """Keep what stands in the form for the next start, where it is valid."""
        spec = message.reading.spec
        if spec is not None and message.form is self.form:
            keep(self.workbench.forms, spec)

    def beside(self) -> Widget:
        """What stands beside the form where there is room."""
        raise NotImplementedError

    @property
    def form(self) -> SpecForm:
        """The form."""
        return self.query_one(SpecForm)

    @property
    def view(self) -> RunView:
        """The view of the run."""
        return self.query_one(RunView)

    def on_screen_resume(self) -> None:
        """Show how the run stands by now."""
        self.view.catch_up()
        self.view.prepare(self.form.kind)

    def on_mount(self) -> None:
        """Follow the choice of data."""
        self.watch(self.app, "data_choice", self._data_chosen, init=False)
        self._find_last()

    # -- data ---------------------------------------------------------------------------------

    def _data_chosen(self, choice: dict[str, Any]) -> None:
        wanted = data_fields(self.form.kind, choice)
        if any(self.form.fields[name] != value for name, value in wanted.items()):
            self.form.load(self.form.fields | wanted)
        self._find_last()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of run that this screen starts."""
        return (self.KIND,)

    def _find_last(self) -> None:
        """Look for the last run of this screen on the chosen data, whoever has started it."""
        choice = self.workbench.data_choice

        def find(store: "Store") -> int | None:
            runs = (r for r in store.runs() if r.kind in self.kinds and is_of(r, choice))
            return next((record.id for record in runs), None)

        def found(run: int | None) -> None:
            if not self._watching:
                self.run_id = run
                self.refresh_bindings()

        self.workbench.engine_call(find, found)

    def _share_data(self, spec: RunSpec) -> None:
        """Let all screens use the data of this form."""
        choice = self.workbench.data_choice
        self.workbench.data_choice = shared_choice(spec, self.form.kind, choice)

    def load(self, spec: RunSpec) -> None:
        """Fill the form with the settings of a stored run, of whatever kind it was."""
        known = KINDS[self.form.kind].spec.model_fields
        self.form.load({name: v for name, v in to_fields(spec).items() if name in known})
        self._share_data(spec)
        self.show_form()

    # -- presets ------------------------------------------------------------------------------

    def presets(self) -> Iterable[tuple[Offer, str, Mapping[str, Any]]]:
        """What can be filled in: a line about it, the kind of run, and its fields."""
        return ()

    def action_presets(self) -> None:
        """Choose one of the presets."""
        offered = {offer.id: (offer, kind, fields) for offer, kind, fields in self.presets()}

        def take(chosen: str | None) -> None:
            if chosen is not None:
                offer, kind, fields = offered[chosen]
                self.fill(kind, fields)
                run = key_of(self, "form.run")
                self.form.say(f"The form holds {offer.name}: {offer.about}. {run} runs it.")

        offers = [offer for offer, _, _ in offered.values()]
        self.app.push_screen(ChoosingScreen(self.PRESETS, offers), take)

    def fill(self, kind: str, fields: Mapping[str, Any]) -> None:
        """Fill the form with a preset of a kind of run."""
        self.form.load(self.form.fields | dict(fields))
        self.form.leave()

    def action_evaluate(self) -> None:
        """The settings of the form into the Evaluate form, without a run of their own."""
        if self.form.reading.spec is not None:
            found = evaluation_of(self.form.reading.spec, None)
            if found is not None:
                self.post_message(LoadSettings(found))

    def on_form_fields_listed(self, event: FormFields.Listed) -> None:
        """Let the value of a field be chosen from a list."""
        event.stop()
        form, entry = self.form, event.entry

        def take(chosen: str | None) -> None:
            if chosen is not None:
                form.put_text(entry, chosen)

        offers = [Offer(name, name, entry.setting.about(name)) for name in entry.options]
        self.app.push_screen(ChoosingScreen(entry.label, offers, form.text(entry.id)), take)

    # -- running ------------------------------------------------------------------------------

    def action_run(self) -> None:
        """Start a run, or go to the first invalid field."""
        spec = self.form.reading.spec
        if spec is None:
            self.show_form()
            if not self.form.enter_problem():
                problems = "\n".join(self.form.reading.others)
                self.notify(problems, severity="error")
            return
        if not self._submitting:
            self.start(spec, lambda: self._send(spec))

    def _send(self, spec: RunSpec) -> None:
        self._submitting = True
        submit_run(self.workbench, spec, lambda answer: self._submitted(answer, spec))

    def _submitted(self, answer: int | Exception, spec: RunSpec) -> None:
        self._submitting = False
        if isinstance(answer, Exception):
            self.workbench.complain(answer)
            self.form.refuse(str(answer))
            return
        self._share_data(spec)
        self.run_id = answer
        self.show_run(answer)

    def show_run(self, run: int) -> None:
        """Watch a run in place of the form."""
        self._watching = True
        self.query_one("#setup").display = False
        self.view.display = True
        self.view.focus_pane()
        self.workbench.follower.watch(run, self)
        self.refresh_bindings()

    def show_form(self) -> None:
        """Back to the form; the run continues."""
        self._watching = False
        self.view.display = False
        self.query_one("#setup").display = True
        if self.run_id is not None:
            self.workbench.follower.unwatch(self)
        self.form.leave()
        self.refresh_bindings()
        self.view.prepare(self.form.kind)

    def on_run_changed(self, message: "RunChanged") -> None:
        """The run has got on."""
        if self._watching and message.record.id == self.run_id:
            self.view.show(message.record, message.state)

    def action_show_last_run(self) -> None:
        """Show the run started last."""
        if self.run_id is not None:
            self.show_run(self.run_id)

    def action_enter_form(self) -> None:
        """Into the first field."""
        self.form.enter_first()

    def action_to_form(self) -> None:
        """From the run, or from what stands beside the form, to the form."""
        if self._watching:
            self.show_form()
        else:
            self.form.leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now."""
        if action == "show_last_run":
            return self.run_id is not None and not self._watching
        if action == "to_form":
            return self._watching or not self.form.has_focus_within
        if action == "presets":
            return bool(self.PRESETS) and not self._watching
        if action == "evaluate":
            spec = self.form.reading.spec
            return not self._watching and spec is not None and can_be_evaluated(spec)
        if action == "enter_form":
            return not self._watching
        if action == "run" and self._watching:
            # a live run is not doubled by a slip of the finger
            return self.view.record is not None and not self.view.record.live
        return True
