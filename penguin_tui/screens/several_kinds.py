"""A screen whose form is of one of several kinds of run, which a key or a field chooses."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from engine.kinds import KINDS, label_of
from engine.specs.run_spec import RunSpec
from penguin_tui.forms.choice_field import ChoiceField
from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.screens.form_and_run import FormAndRunScreen


class SeveralKindsScreen(FormAndRunScreen):
    """A form for each of `KINDS_HERE`, of which one is shown; what they share moves along.

    `KINDS_TITLE` says what they are kinds of.
    """

    KINDS_HERE: ClassVar[tuple[str, ...]] = ()
    KINDS_TITLE: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "turn(1)", "Kind", id="form.kind",
                key_display="[ ]", tooltip="The next kind of run that this form can start."),
        Binding("left_square_bracket", "turn(-1)", "Previous kind", show=False, key_display="[",
                id="form.kind_before"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.kind = self.KIND
        self._forms: dict[str, SpecForm] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        """All that can be chosen."""
        return self.KINDS_HERE

    def kind_row(self) -> Widget:
        """The field that chooses, begun with the kind used last, and what the kind does."""
        newest = reversed(self.workbench.forms)
        self.kind = next((kind for kind in newest if kind in self.KINDS_HERE), self.KIND)
        return Horizontal(
            Static(f" {self.KINDS_TITLE}", id="kind-label", markup=False),
            ChoiceField(tuple(map(label_of, self.KINDS_HERE)), label_of(self.kind)),
            Static(KINDS[self.kind].summary, id="kind-about", markup=False),
            id="kind-row",
        )

    def kind_forms(self) -> Iterable[SpecForm]:
        """One for each kind, of which one is shown."""
        for kind in self.KINDS_HERE:
            # none has an id: their styles are looked up by the place that they have in common
            form = self._forms[kind] = self.new_form(kind)
            _show(form, kind == self.kind)
            yield form

    @property
    def form(self) -> SpecForm:
        """The form of the kind that is chosen."""
        return self._forms[self.kind]

    def action_turn(self, step: int) -> None:
        """The next kind, or the one before."""
        place = self.KINDS_HERE.index(self.kind)
        self.choose_kind(self.KINDS_HERE[(place + step) % len(self.KINDS_HERE)])

    def on_choice_field_changed(self, message: ChoiceField.Changed) -> None:
        """Another kind was chosen."""
        message.stop()
        self.choose_kind(next(k for k in self.KINDS_HERE if label_of(k) == message.value))

    def choose_kind(self, kind: str) -> None:
        """Show the form of another kind, with what the kinds have in common."""
        if kind == self.kind:
            return
        before = self.form.fields
        inside = self.form.has_focus_within
        self.kind = kind
        self.query_one(ChoiceField).value = label_of(kind)
        self.query_one("#kind-about", Static).update(KINDS[kind].summary)
        form = self.form
        known = KINDS[kind].spec.model_fields
        shared = {n: v for n, v in before.items() if n in known and n not in self.own_fields(kind)}
        form.load(form.fields | shared)
        for other in self.query(SpecForm):
            _show(other, other is form)
        if inside:
            form.leave()
        self.kind_chosen(kind)

    def own_fields(self, kind: str) -> tuple[str, ...]:
        """Fields that mean something else in each kind, and do not move along."""
        return ()

    def kind_chosen(self, kind: str) -> None:
        """Another form is shown."""

    def fill(self, kind: str, fields: Mapping[str, Any]) -> None:
        """Fill the form of a kind with a preset."""
        self.choose_kind(kind)
        super().fill(kind, fields)

    def load(self, spec: RunSpec) -> None:
        """Fill the form with the settings of a stored run."""
        if spec.kind in self.KINDS_HERE:
            self.choose_kind(spec.kind)
        super().load(spec)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The kind belongs to the form."""
        if action == "turn":
            return not self._watching
        return super().check_action(action, parameters)


def _show(form: SpecForm, shown: bool) -> None:
    """Show or hide a form; Textual would give the focus to one that is hidden as well."""
    form.display = shown
    form.set_class(shown, "-chosen")
