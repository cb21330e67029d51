"""What each training row teaches, and which labels look wrong."""

from typing import Annotated, Final, Literal

from pydantic import Field

from engine.specs.fields import setting
from engine.specs.invalid import Problem
from engine.specs.network import NetworkSpec
from engine.specs.repeated import strict_errors
from engine.specs.run_spec import RunSpec
from engine.specs.validation import patience_errors

# with more training rows, folds are left out instead of rows
MOST_LEFT_OUT_ALONE: Final = 5_000


class InfluenceSpec(NetworkSpec, RunSpec):
    """Each row left out: what it teaches, wrong labels.

    The network is trained again without each training row; of more than 5,000 rows folds are left
    out. The test set stays held out.
    """

    kind: Literal["influence"] = "influence"
    repeats: Annotated[int, Field(ge=2, le=100)] = setting(
        3, unit="repeats", group="Influence",
        help="Each row is left out so often, each time with another seed.",
    )  # fmt: skip
    folds: Annotated[int, Field(ge=2, le=1000)] = setting(
        20, unit="folds", group="Influence",
        help="Left out instead of single rows where there are more than 5,000 of them.",
    )  # fmt: skip

    def groups(self, rows: int) -> int:
        """How many parts of so many training rows are left out, one after another."""
        return rows if rows <= MOST_LEFT_OUT_ALONE else self.folds

    def cross_field_errors(self) -> list[Problem]:
        """Those of every run on its own training rows."""
        found = super().cross_field_errors() + strict_errors(self)
        return found + patience_errors(self.early_stopping, "epochs", self.epochs)
