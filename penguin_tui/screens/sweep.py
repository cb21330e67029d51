"""Sweep: one setting over a range of values, several seeds each."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from textual.widget import Widget

from engine.specs.presets import SWEEP_PRESETS
from penguin_tui.forms.search_space_table import SearchSpaceTable
from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.presentation.setting_text import range_text, setting_label
from penguin_tui.screens.picker import Offer
from penguin_tui.screens.search_space import SearchSpaceScreen
from penguin_tui.search.workload import Workload

FIRST = {"vary": {"units": {"low": 16, "high": 128, "step": 16}}, "epochs": 10}


class SweepScreen(SearchSpaceScreen):
    """The hyperparameter, the other settings, and their workload; or the sweep it started."""

    PLACE = "sweep"
    KIND = "sweep"
    WELCOME = (
        "A sweep trains a network for each value, several seeds each, and draws accuracy over the"
        " values."
    )
    CSS_PATH = Path(__file__).with_name("sweep.tcss")

    def compose_setup(self) -> Iterable[Widget]:
        """Table and form."""
        form = SpecForm("sweep", self.first_fields(), beside=Workload(id="workload"), id="form")
        return (SearchSpaceTable(single=True), form)

    def first_fields(self) -> dict[str, Any]:
        """The data all screens use, and a sweep that tells something in seconds."""
        return super().first_fields() | FIRST

    def presets(self) -> Iterable[tuple[Offer, str, Mapping[str, Any]]]:
        """The post's five experiments, with five seeds for each value."""
        for name, fields in SWEEP_PRESETS.items():
            ((setting, dimension),) = fields["vary"].items()
            told = f"{setting_label(setting)} {range_text(dimension)}"
            yield Offer(name, name, told), "sweep", fields
