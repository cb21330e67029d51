"""The keys that the guide's texts name: always looked up in the bindings, never typed.

The owners are named and not imported: they are screens, which show the guide.
"""

from functools import cache
from importlib import import_module

from textual.app import App
from textual.binding import Binding

_OWNERS = (
    "app.navigation.NavigatingApp",
    "app.workbench.Workbench",
    "screens.base.WorkScreen",
    "screens.data.DataScreen",
    "screens.form_and_run.FormAndRunScreen",
    "screens.several_kinds.SeveralKindsScreen",
    "screens.search_space.SearchSpaceScreen",
    "screens.run_view.RunView",
    "screens.runs.table.RunsTable",
    "forms.form_fields.FormFields",
    "data.row_browser.RowBrowser",
    "run.curves.Curves",
    "run.confusion_matrix.ConfusionMatrix",
    "guide.pane.GuidePane",
)


@cache
def binding(name: str) -> Binding:
    """The binding with this id; raises LookupError where there is none."""
    for owner in _OWNERS:
        module, _, title = owner.rpartition(".")
        found = getattr(import_module(f"penguin_tui.{module}"), title)
        for one in found.BINDINGS:
            if isinstance(one, Binding) and one.id == name:
                return one
    raise LookupError(f"no binding {name!r} for a text of the guide")


@cache
def key_name(name: str) -> str:
    """The key of a binding as a person reads it, the first where there are several."""
    found = binding(name)
    first = Binding(found.key.split(",")[0], found.action, key_display=found.key_display)
    return App[None]().get_key_display(first)
