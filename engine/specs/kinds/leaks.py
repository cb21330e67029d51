"""Data leakage, shown on purpose: how much each leak alone flatters."""

from typing import Annotated, Final, Literal

from pydantic import Field

from engine.specs.fields import setting
from engine.specs.invalid import Problem
from engine.specs.repeated import RepeatedSpec
from engine.specs.validation import MAX_TRAININGS, patience_errors

# of the training and validation rows: what each split takes for its test set
SCORED: Final = 0.2
# trainings of a split beside those of the settings that are tried: each leak, and its honest twin
OTHER_TRAININGS: Final = 7


class LeaksSpec(RepeatedSpec):
    """Each data leak alone: how much it flatters here.

    The test set of each split is made from the training and validation rows; the run's own test
    set stays held out.
    """

    kind: Literal["leaks"] = "leaks"
    splits: Annotated[int, Field(ge=2, le=1000)] = setting(
        20, unit="splits", group="Leaks", help="Splits, each trained with every leak and without."
    )
    tried: Annotated[int, Field(ge=2, le=100)] = setting(
        5, unit="rates", group="Leaks", label="Learning rates tried",
        help="From a tenth to ten times the one set; the best is selected.",
    )  # fmt: skip
    copied: Annotated[float, Field(gt=0, le=1)] = setting(
        0.2,
        group="Leaks",
        label="Test rows copied",
        help="Fraction of a split's test rows that is in its training set, too.",
    )
    features_kept: Annotated[int, Field(ge=1, le=10_000)] = setting(
        5, unit="features", group="Leaks",
        help="Preprocessed features that are selected, those that differ most between classes.",
    )  # fmt: skip

    @property
    def trainings(self) -> int:
        """At most: leaks that these data cannot have are left out."""
        return self.fits_of_each

    @property
    def fits_by(self) -> dict[str, int]:
        """Trainings of each split."""
        return {"training": OTHER_TRAININGS + self.tried, "split": self.splits}

    def cross_field_errors(self) -> list[Problem]:
        """Those of every run on many splits, and too many trainings."""
        found = super().cross_field_errors()
        found += patience_errors(self.early_stopping, "epochs", self.epochs)
        if self.trainings > MAX_TRAININGS:
            message = (
                f"{self.trainings:,} trainings are too many: at most {MAX_TRAININGS:,}. Fewer"
                " splits do"
            )
            found.append(Problem("splits", message))
        return found
