"""What runs on many splits have in common: one configuration of the network, trained again."""

import math

from engine.specs.network import NetworkSpec
from engine.specs.problems import Problem
from engine.specs.run_spec import RunSpec


class RepeatedSpec(NetworkSpec, RunSpec):
    """One configuration on rows drawn again and again; the test set stays held out."""

    @property
    def trainings(self) -> int:
        """Trainings of the network."""
        raise NotImplementedError

    @property
    def fits_by(self) -> dict[str, int]:
        """What each model's fits are: the product of these numbers, each by its noun."""
        raise NotImplementedError

    @property
    def fits_of_each(self) -> int:
        """How often each model learns."""
        return math.prod(self.fits_by.values())

    @property
    def epochs_planned(self) -> int:
        """Those of all trainings together."""
        return self.trainings * self.epochs

    def cross_field_errors(self) -> list[Problem]:
        """Those of every run, and of the protocol."""
        found = super().cross_field_errors()
        if self.protocol == "as_published":
            message = "comparisons need the strict protocol: as_published leaks into every fold"
            found.append(Problem("protocol", message))
        return found
