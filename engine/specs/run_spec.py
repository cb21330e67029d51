"""What the specs of all kinds of run share."""

from typing import ClassVar, Final, Literal

from engine.specs.data import DataSpec
from engine.specs.invalid import Problem
from engine.specs.validation import column_errors

SCHEMA_VERSION: Final = 1


class RunSpec(DataSpec):
    """A kind of run and the data it learns from; each kind has a spec of its own.

    A spec is a frozen value that survives JSON.
    """

    # whether the person chooses the data, and so has to name the target
    chooses_data: ClassVar[bool] = True

    kind: str
    schema_version: Literal[1] = SCHEMA_VERSION

    @property
    def epochs_planned(self) -> int | None:
        """The epochs of the whole run, at most; None for a kind that has none."""
        return None

    def cross_field_errors(self) -> list[Problem]:
        """Settings that are allowed one by one and not together.

        Not applied to stored specs: an earlier version may have had fewer such rules.
        """
        return column_errors(self)
