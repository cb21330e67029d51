"""Search: random search, grid search and Hyperband over any number of settings."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from textual.widget import Widget

from engine.kinds import KINDS, label_of
from penguin_tui.forms.search_space.changes import as_wanted, listed_rows
from penguin_tui.forms.search_space.row import tries_every_value
from penguin_tui.forms.search_space.table import SearchSpaceTable
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.screens.picker import Offer
from penguin_tui.screens.search_space import SearchSpaceScreen
from penguin_tui.screens.several_kinds import SeveralKindsScreen

SEARCH_KINDS = tuple(kind.name for kind in KINDS.values() if kind.is_search)


class SearchScreen(SeveralKindsScreen, SearchSpaceScreen):
    """The kind of search, its space, the other settings; or the search it started."""

    PLACE = "search"
    KIND = "random_search"
    KINDS_HERE = SEARCH_KINDS
    KINDS_TITLE = "Search"
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

    def compose_setup(self) -> Iterable[Widget]:
        """Kind, table, and a form for each kind, of which one is shown."""
        yield self.kind_row()
        yield SearchSpaceTable(self.kind)
        yield from self.kind_forms()

    def kind_chosen(self, kind: str) -> None:
        """The rows of the space follow: a grid needs single values."""
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

    def presets(self) -> Iterable[tuple[Offer, str, Mapping[str, Any]]]:
        """The post's three searches."""
        for kind in SEARCH_KINDS:
            for name, fields in KINDS[kind].presets.items():
                title = f"{label_of(kind)}: {name}"
                varied = ", ".join(setting_label(setting) for setting in fields["vary"])
                yield Offer(f"{kind} {name}", title, f"over {varied}"), kind, fields
