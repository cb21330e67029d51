"""Sweep: one setting over a range of values, several seeds each."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from textual.widget import Widget

from engine.specs.presets import SWEEP_PRESETS
from penguin_tui.forms.search_space.table import SearchSpaceTable
from penguin_tui.presentation.setting_text import range_text, setting_label
from penguin_tui.screens.picker import Offer
from penguin_tui.screens.search_space import SearchSpaceScreen


class SweepScreen(SearchSpaceScreen):
    """The hyperparameter, the other settings, and their workload; or the sweep it started."""

    PLACE = "sweep"
    KIND = "sweep"
    # a sweep that says something in seconds
    FIRST: ClassVar[dict[str, Any]] = {
        "vary": {"units": {"low": 16, "high": 128, "step": 16}}, "epochs": 10,
    }  # fmt: skip
    WELCOME = (
        "A sweep trains a network for each value, several seeds each, and draws accuracy over the"
        " values."
    )

    def compose_setup(self) -> Iterable[Widget]:
        """Table and form."""
        return (SearchSpaceTable("sweep", single=True), self.new_form("sweep"))

    def presets(self) -> Iterable[tuple[Offer, str, Mapping[str, Any]]]:
        """The post's five experiments, with five seeds for each value."""
        for name, fields in SWEEP_PRESETS.items():
            ((setting, dimension),) = fields["vary"].items()
            told = f"{setting_label(setting)} {range_text(dimension)}"
            yield Offer(name, name, told), "sweep", fields
