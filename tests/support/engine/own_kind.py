"""A kind of run that only tests know: it counts, can be interrupted, and goes on counting.

Loaded into the engine's process and the command line through `PENGUIN_TUI_TEST_KINDS`.
"""

from typing import Annotated, Literal

from pydantic import Field

from engine.kinds import Kind
from engine.results.base import RunResult
from engine.specs.fields import setting
from engine.specs.run_spec import RunSpec


class CountSpec(RunSpec):
    """Count to a number."""

    kind: Literal["count"] = "count"
    upto: Annotated[int, Field(ge=1, le=10_000)] = setting(
        3, unit="steps", group="Counting", help="Where the counting ends."
    )


class CountResult(RunResult):
    """`resumed_at` is what had been counted before the run was interrupted."""

    kind: Literal["count"] = "count"
    counted: int
    resumed_at: int


KINDS = {
    "count": Kind(
        "count", "count", f"{__name__}:CountSpec",
        "tests.support.engine.own_kind_job", f"{__name__}:CountResult",
        needs="data",
    )
}  # fmt: skip
