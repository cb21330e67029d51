"""Baseline: logistic regression, the figure a network has to beat."""

from collections.abc import Iterable
from pathlib import Path

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.screens.form_and_run import FormAndRunScreen

ABOUT = (
    "Logistic regression takes a second and often comes close to a network."
    " Run it first, so that you know the figure to beat.",
    "r  runs it: training, validation and test accuracy, the confusion matrix and the"
    " coefficients come up here.",
    "The test part is scored once for each run, and every scoring is counted.",
)


class BaselineScreen(FormAndRunScreen):
    """A small form, or the run it started."""

    PLACE = "baseline"
    KIND = "baseline"
    CSS_PATH = Path(__file__).with_name("baseline.tcss")

    def compose_form(self) -> Iterable[Widget]:
        """Form, and what this is for."""
        about = Static("\n\n".join(ABOUT), id="about", markup=False)
        beside = VerticalScroll(about, id="beside", can_focus=False)
        return (SpecForm("baseline", self.first_fields(), beside=beside, id="form"),)
