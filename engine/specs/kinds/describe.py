"""The look at a table: no settings but those of the data."""

from typing import Literal

from engine.specs.run_spec import RunSpec


class DescribeSpec(RunSpec):
    """Look at the data: columns, balance, distributions."""

    kind: Literal["describe"] = "describe"
