"""What a newcomer does first: a line on the first screen until a run has been started."""

from typing import TYPE_CHECKING, cast

from textual.binding import Binding

from penguin_tui.bars.keys import key_of
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.tables.steady_text import SteadyText

if TYPE_CHECKING:
    from engine.store.store import Store

BEGIN = (
    "To begin: {train} then {run} trains a network; {baseline} then {run} the baseline;"
    " {guide} the guided tour."
)


class FirstSteps(SteadyText):
    """Hidden from the first run on."""

    DEFAULT_CSS = "FirstSteps { height: auto; color: $accent; display: none; }"

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def look(self) -> None:
        """See whether there has been a run."""
        cast(LinkedApp, self.app).engine_call(_key_to_run, self._show)

    def _show(self, run: str) -> None:
        self.display = bool(run)
        places = {name: key_of(self.app, f"go-{name}") for name in ("train", "baseline")}
        self.update(BEGIN.format(**places, run=run, guide=key_of(self, "guide")))


def _key_to_run(store: "Store") -> str:
    """The key that runs a form, of which none is loaded yet; empty where there has been a run."""
    from penguin_tui.presentation.runs_list import is_experiment
    from penguin_tui.screens.form_and_run import FormAndRunScreen

    if any(map(is_experiment, store.runs())):
        return ""
    bindings = (b for b in FormAndRunScreen.BINDINGS if isinstance(b, Binding))
    return next(binding.key for binding in bindings if binding.id == "form.run")
