"""A figure with its interval."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

# what an interval covers: with other rows, with other seeds on the same split, with other splits
# of other rows and other seeds, the value would lie in it 95 times of 100
Covers = Literal["rows", "seeds", "splits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The accuracy on a set of rows with its interval, which covers nothing of fitted rows.

    No model of pydantic's, for every listed run has some; inside of one it is as strict.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid", "strict": True, "allow_inf_nan": False,
    }  # fmt: skip

    value: float
    low: float
    high: float
    covers: Covers | None = "rows"
