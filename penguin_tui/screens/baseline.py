"""Baseline: logistic regression, the figure a network has to beat."""

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from penguin_tui.bars.keys import key_of
from penguin_tui.screens.form_and_run import FormAndRunScreen

ABOUT = (
    "Logistic regression takes a second and often comes close to a network."
    " Run it first, so that you know the figure to beat.",
    "{key}  runs it: training, validation and test accuracy, the confusion matrix and the"
    " coefficients are shown here.",
    "The held-out test set is evaluated once a run, and every evaluation is counted.",
)


class BaselineScreen(FormAndRunScreen):
    """A small form, or the run it started."""

    PLACE = "baseline"
    KIND = "baseline"

    def beside(self) -> Widget:
        """What this is for."""
        text = "\n\n".join(ABOUT).format(key=key_of(self, "form.run"))
        return VerticalScroll(Static(text, id="about", markup=False), can_focus=False)
