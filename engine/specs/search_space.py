"""What a sweep or search may vary: a range or a choice of values, per setting."""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from engine.specs.base import Frozen
from engine.specs.typed_text import number, quoted, show

# far beyond any setting, and exact as a float
_LARGEST = 1e15
Number = Annotated[int | float, Field(ge=-_LARGEST, le=_LARGEST)]
Setting = bool | int | float | str
MAX_POINTS = 100_000


class Range(Frozen):
    """All values from `low` to `high`, or only every `step`-th of them.

    With `scale="log"` values are drawn evenly on a log scale. Whole
    bounds (and step) mean whole values.
    """

    low: Number
    high: Number
    scale: Literal["linear", "log"] = "linear"
    step: Annotated[int | float, Field(gt=0, le=_LARGEST)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"{self.low:g} to {self.high:g}: the first must be the smaller one")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"a log range cannot begin at {self.low:g}; begin above 0")
        if self.scale == "log" and self.step is not None:
            raise ValueError("a log range has no step")
        if self.step is not None and (self.high - self.low) / self.step + 1e-9 >= MAX_POINTS:
            raise ValueError(
                f"a step of {self.step:g} from {self.low:g} to {self.high:g} makes more than"
                f" {MAX_POINTS:,} values; choose a larger step"
            )
        return self

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return all(isinstance(n, int) for n in (self.low, self.high, self.step or 0))

    @property
    def count(self) -> int | None:
        """How many different values there are, or None where they are continuous."""
        if self.step is None:
            # whole numbers on a log scale are countable, too
            return int(self.high - self.low) + 1 if self.whole else None
        return math.floor((self.high - self.low) / self.step + 1e-9) + 1

    @property
    def values(self) -> tuple[int | float, ...] | None:
        """The values one by one, or None where they are continuous or too many."""
        count = self.count
        if count is None or count > MAX_POINTS or (self.step is None and self.scale == "log"):
            return None
        step = 1 if self.step is None else self.step
        return tuple(self.low + i * step for i in range(count))


class Choice(Frozen):
    """A list of values, tried as they stand."""

    values: Annotated[tuple[Setting | tuple[int, ...], ...], Field(min_length=1, max_length=10_000)]

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.values)

    @model_validator(mode="after")
    def _different(self) -> Self:
        seen: set[Any] = set()
        for value in self.values:
            if value in seen:
                raise ValueError(f"{show(value)} is listed twice")
            seen.add(value)
        return self


def _form(value: Any) -> str:
    listed = "values" in value if isinstance(value, dict) else isinstance(value, Choice)
    return "choice" if listed else "range"


# distinguished by their fields, so that a mistake is reported once
Dimension = Annotated[
    Annotated[Range, Tag("range")] | Annotated[Choice, Tag("choice")], Discriminator(_form)
]

# one way only to read a row of digits: with two, thousands of them take seconds
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_LOG = re.compile(rf"(log|linear):({_NUMBER}):({_NUMBER})", re.ASCII)
_STEPS = re.compile(rf"({_NUMBER})\.\.({_NUMBER})(?:/({_NUMBER}))?", re.ASCII)


def parse_dimension(text: str) -> dict[str, Any]:
    """Read `log:1e-4:1e-1`, `2..16`, `16..256/16` or `0.2,0.4,0.6` into JSON."""
    text = text.strip()
    if found := _LOG.fullmatch(text):
        return {"low": number(found[2]), "high": number(found[3]), "scale": found[1]}
    if found := _STEPS.fullmatch(text.replace(" ", "")):
        step = {"step": number(found[3])} if found[3] else {}
        return {"low": number(found[1]), "high": number(found[2])} | step
    return {"values": [number(item.strip()) for item in text.split(",") if item.strip()]}


def unreadable(dimension: Mapping[str, Any]) -> str:
    """What is wrong with typed text that was to be a range and is none, or nothing."""
    for value in dimension.get("values", ()):
        if isinstance(value, str) and (".." in value or ":" in value):
            return f"{quoted(value)} is no range: enter 1..30, 16..128/16 or log:0.001:0.1"
    return ""


def show_dimension(dimension: Mapping[str, Any]) -> str:
    """A range or list in JSON as a person would type it; `parse_dimension` reads it back."""
    if "values" in dimension:
        return ", ".join(show(value) for value in dimension["values"])
    low, high, step = (show(dimension.get(name)) for name in ("low", "high", "step"))
    if dimension.get("scale") == "log":
        return f"log:{low}:{high}"
    return f"{low}..{high}{step and '/'}{step}"
