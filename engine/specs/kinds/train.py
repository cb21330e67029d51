"""The training of one network."""

from typing import Literal

from engine.specs.invalid import Problem
from engine.specs.network import NetworkSpec
from engine.specs.run_spec import RunSpec
from engine.specs.validation import patience_errors


class TrainSpec(NetworkSpec, RunSpec):
    """One network, trained and evaluated."""

    kind: Literal["train"] = "train"

    @property
    def epochs_planned(self) -> int:
        """Those of the one training."""
        return self.epochs

    def cross_field_errors(self) -> list[Problem]:
        """Those of every run, and a patience that no training comes to."""
        found = super().cross_field_errors()
        return found + patience_errors(self.early_stopping, "epochs", self.epochs)
