"""Search: random search, grid search and Hyperband over any number of settings."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from engine.kinds import KINDS, label_of
from engine.specs.run_spec import RunSpec
from penguin_tui.forms.choice_field import ChoiceField
from penguin_tui.forms.search_space import as_wanted, listed_rows, tries_every_value
from penguin_tui.forms.search_space_table import SearchSpaceTable
from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.screens.picker import Offer
from penguin_tui.screens.search_space import SearchSpaceScreen

SEARCH_KINDS = tuple(kind.name for kind in KINDS.values() if kind.is_search)


class SearchScreen(SearchSpaceScreen):
    """The kind of search, its space, the other settings; or the search it started."""

    PLACE = "search"
    KIND = "random_search"
    WELCOME = (
        "A search tries many settings and ranks them; the best one is trained again and tested."
    )
    # a search that says something in seconds
    FIRST: ClassVar[dict[str, Any]] = {
        "vary": {
            "learning_rate": {"low": 0.0001, "high": 0.1, "scale": "log"},
            "batch_size": {"values": [8, 16, 32, 64]},
        },
        "epochs": 10,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "turn(1)", "Kind of search", id="search.kind",
                key_display="[ ]", tooltip="Random search, grid search, or Hyperband."),
        Binding("left_square_bracket", "turn(-1)", "Previous kind", show=False, key_display="[",
                id="search.kind_before"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.kind = self.KIND

    @property
    def kinds(self) -> tuple[str, ...]:
        """All kinds of search."""
        return SEARCH_KINDS

    def compose_setup(self) -> Iterable[Widget]:
        """Kind, table, and a form for each kind, of which one is shown: the one used last."""
        newest = reversed(self.workbench.forms)
        self.kind = next((kind for kind in newest if kind in SEARCH_KINDS), self.KIND)
        yield Horizontal(
            Static(" Search", id="kind-label", markup=False),
            ChoiceField(tuple(label_of(kind) for kind in SEARCH_KINDS), label_of(self.kind)),
            Static(KINDS[self.kind].summary, id="kind-about", markup=False),
            id="kind-row",
        )
        yield SearchSpaceTable(self.kind)
        for kind in SEARCH_KINDS:
            form = self.new_form(kind, f"form-{kind}")
            form.display = kind == self.kind
            yield form

    @property
    def form(self) -> SpecForm:
        """The form of the kind that is chosen."""
        return self.query_one(f"#form-{self.kind}", SpecForm)

    # -- kind -----------------------------------------------------------------------------------

    def action_turn(self, step: int) -> None:
        """The next kind of search, or the one before."""
        place = SEARCH_KINDS.index(self.kind)
        self.choose_kind(SEARCH_KINDS[(place + step) % len(SEARCH_KINDS)])

    def on_choice_field_changed(self, message: ChoiceField.Changed) -> None:
        """Another kind was chosen."""
        message.stop()
        self.choose_kind(next(k for k in SEARCH_KINDS if label_of(k) == message.value))

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
        own = {name: v for name, v in form.fields.items() if name not in before}
        form.load(own | {name: v for name, v in before.items() if name in known})
        for other in self.query(SpecForm):
            other.display = other is form
        if inside:
            form.leave()
        self._check_rows(kind)

    def _check_rows(self, kind: str) -> None:
        table = self.table
        every = tries_every_value(kind)
        rows = listed_rows(table.rows) if every else as_wanted(table.rows)
        others = {name: v for name, v in self.form.fields.items() if name != "vary"}
        table.check(kind, others)
        if rows != table.rows:
            table.replace_rows(rows)
            listed = "A grid needs single values: ranges have become lists."
            self.form.say(listed if every else "The lists are the ranges again that they were.")
        self.show_workload()
        self.refresh_bindings()

    # -- filling --------------------------------------------------------------------------------

    def fill(self, kind: str, fields: Mapping[str, Any]) -> None:
        """Fill form and table for a kind of search."""
        self.choose_kind(kind)
        super().fill(kind, fields)

    def load(self, spec: RunSpec) -> None:
        """Fill form and table with the settings of a stored run."""
        if spec.kind in SEARCH_KINDS:
            self.choose_kind(spec.kind)
        super().load(spec)

    def presets(self) -> Iterable[tuple[Offer, str, Mapping[str, Any]]]:
        """The post's three searches."""
        for kind in SEARCH_KINDS:
            for name, fields in KINDS[kind].presets.items():
                title = f"{label_of(kind)}: {name}"
                varied = ", ".join(setting_label(setting) for setting in fields["vary"])
                yield Offer(f"{kind} {name}", title, f"over {varied}"), kind, fields

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The kind belongs to the form."""
        if action == "turn":
            return not self._watching
        return super().check_action(action, parameters)
