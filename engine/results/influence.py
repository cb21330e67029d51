"""What leaving rows out has come to: rows that teach most, and labels that look wrong."""

from typing import Any, Literal

from pydantic import Field

from engine.results.base import RunResult
from engine.results.scores import Cell
from engine.results.statistics import Band
from engine.specs.base import Frozen


class SuspectLabel(Frozen):
    """A training row whose label networks that have not learnt from it contradict.

    `row` counts data rows of the file from 1. `probability` is that of its own label, `other` that
    of the class that it looks like; means over the repeats, `agree` of which say so by themselves.
    """

    row: int
    label: str
    looks_like: str
    probability: float
    other: float
    agree: int
    values: dict[str, Cell] = Field(default_factory=dict)


class RowEffect(Frozen):
    """A training row and how much the validation log loss rises without it (nats).

    Above 0 the row teaches, below 0 it misleads. The interval is over repeats, which differ in
    their seed.
    """

    row: int
    label: str
    rise: Band
    values: dict[str, Cell] = Field(default_factory=dict)


class InfluenceResult(RunResult):
    """What each of `rows` training rows teaches, and `suspected` labels that look wrong.

    `left_out` says whether single rows or folds were left out, `groups` how many of them. The lists
    are cut: `suspects` begin with the least probable labels, `teaching` and `misleading` with the
    largest effects. `expected` labels would look wrong if each were drawn with the probabilities
    of the networks; `chance` is the effect that the largest of all passes in one run of twenty
    when effects are dealt out to the rows at random (None of a result without repeats).
    """

    kind: Literal["influence"] = "influence"
    rows: int
    repeats: int
    left_out: Literal["rows", "folds"]
    groups: int
    suspected: int
    expected: float
    suspects: tuple[SuspectLabel, ...]
    teaching: tuple[RowEffect, ...]
    misleading: tuple[RowEffect, ...]
    chance: float | None = None

    def json_object(self) -> dict[str, Any]:
        """All of it; effects as `rise`, `rise_low`, `rise_high`."""
        found = self.model_dump(mode="json", exclude={"kind", "teaching", "misleading"})
        for name in ("teaching", "misleading"):
            found[name] = [_effect_json(own) for own in getattr(self, name)]
        return found


def _effect_json(own: RowEffect) -> dict[str, Any]:
    rise = {"rise": own.rise.mean, "rise_low": own.rise.low, "rise_high": own.rise.high}
    return {"row": own.row, "label": own.label, **rise, "values": own.values}
