"""The tables of keys, written from the bindings: `python -m tools.keys_table`.

docs/keys.md has all of them, README.md those by which a first training is started.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

from penguin_tui.app.navigation import NavigatingApp
from penguin_tui.app.workbench import Workbench
from penguin_tui.charts.cursor_chart import CursorChart
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.compare.curves import ComparedCurves
from penguin_tui.compare.groups import ComparedGroups
from penguin_tui.compare.screen import CompareScreen, RunsBeside
from penguin_tui.data.feature_table import FeatureTable
from penguin_tui.data.paged_table import PagedTable
from penguin_tui.data.row_browser import RowBrowser
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.forms.search_space.table import SearchSpaceTable
from penguin_tui.guide.pane import GuidePane
from penguin_tui.playground.cinema import Film
from penguin_tui.playground.screen import PlaygroundScreen
from penguin_tui.playground.slider_list import SliderList
from penguin_tui.run.confusion_matrix import ConfusionMatrix
from penguin_tui.run.curves import Curves
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.data import DataScreen
from penguin_tui.screens.form_and_run import FormAndRunScreen
from penguin_tui.screens.run import RunScreen
from penguin_tui.screens.run_view import RunView
from penguin_tui.screens.runs.table import RunsTable
from penguin_tui.screens.search import SearchScreen
from penguin_tui.screens.search_space import SearchSpaceScreen
from penguin_tui.search.bracket_tree import BracketTree
from penguin_tui.search.search_view import ImportancePane
from penguin_tui.search.trial_table import TrialTable
from penguin_tui.sweep.sweep_chart import SweepChart

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- keys: python -m tools.keys_table -->", "<!-- end of keys -->"
Owners = tuple[tuple[str, type[DOMNode]], ...]
EVERYWHERE: Owners = (("everywhere", NavigatingApp), ("", Workbench), ("", WorkScreen))
FORMS: Owners = (("Baseline, Train, Sweep, Search, Evaluate", FormAndRunScreen),)
OWNERS: Owners = (
    *EVERYWHERE, ("the guide", GuidePane),
    ("Data", DataScreen), ("its columns", FeatureTable), ("its rows", RowBrowser), ("", PagedTable),
    *FORMS, ("a form", FormFields),
    ("Sweep, Search", SearchSpaceScreen), ("Search", SearchScreen),
    ("a search space", SearchSpaceTable),
    ("a run", RunView), ("an opened run", RunScreen), ("its curves", Curves),
    ("a chart", LineChart), ("", CursorChart), ("a sweep's chart", SweepChart),
    ("a table of trials", TrialTable), ("brackets", BracketTree), ("importance", ImportancePane),
    ("a confusion matrix", ConfusionMatrix),
    ("Runs", RunsTable),
    ("Compare", CompareScreen), ("its runs", RunsBeside), ("its curves", ComparedCurves),
    ("its groups", ComparedGroups),
    ("Playground", PlaygroundScreen), ("its settings", SliderList),
    ("a training watched", Film),
)  # fmt: skip
PAGES = {ROOT / "README.md": (*EVERYWHERE, *FORMS), ROOT / "docs" / "keys.md": OWNERS}


def table(owners: Owners) -> str:
    """The rows for these owners; bindings of one action are one row."""
    app = App[None]()
    lines = ["| where | key | what it does |", "|---|---|---|"]
    for where, owner in owners:
        name = where
        for keys, text in _rows(app, owner):
            lines.append(f"| {name} | {keys} | {text} |")
            name = ""
    return "\n".join(lines)


def _rows(app: App[None], owner: type[DOMNode]) -> Iterator[tuple[str, str]]:
    groups: dict[tuple[str, bool], list[Binding]] = {}
    written: dict[str, str] = {}
    for binding in owner.BINDINGS:
        if isinstance(binding, Binding) and binding.id:
            keys, before = _written(app, binding), written.get(binding.description, "")
            written.setdefault(binding.description, keys)
            # ←→ in the footer stands for two keys, whose second has a binding of its own
            if keys in before:
                continue
            action = re.split(r"[(]", binding.action)[0]
            several = action in ("go", "tab", "turn", "cursor", "axis", "sort", "screen.sort")
            groups.setdefault((action if several else binding.id, several), []).append(binding)
    for same in groups.values():
        keys = " ".join(dict.fromkeys(f"`{_written(app, one)}`" for one in same))
        texts = [one.description.lower() if i else one.description for i, one in enumerate(same)]
        tooltip = next((one.tooltip for one in same if one.tooltip), "") if len(same) < 3 else ""
        yield keys, ", ".join(dict.fromkeys(texts)) + (f": {tooltip}" if tooltip else "")


def _written(app: App[None], binding: Binding) -> str:
    if binding.key_display:
        return binding.key_display
    return " ".join(
        app.get_key_display(Binding(key, "", "")) for key in binding.key.split(",")
    )  # fmt: skip


def updated(text: str, owners: Owners) -> str:
    """A page's text with the table as it has to be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(owners)}\n{END}{after}"


def main() -> None:
    """Write the tables into their pages."""
    for page, owners in PAGES.items():
        page.write_text(updated(page.read_text("utf-8"), owners), "utf-8")


if __name__ == "__main__":
    main()
