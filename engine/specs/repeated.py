"""What runs on many splits have in common: one configuration of the network, trained again."""

import math

from engine.specs.invalid import Problem
from engine.specs.network import NetworkSpec
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
        return super().cross_field_errors() + strict_errors(self)


def strict_errors(spec: RunSpec) -> list[Problem]:
    """What is wrong with the protocol of a run that scores rows it has left out."""
    if spec.protocol != "as_published":
        return []
    message = "comparisons need the strict protocol: as_published leaks into every fold"
    return [Problem("protocol", message)]
