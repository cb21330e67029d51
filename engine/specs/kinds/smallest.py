"""The question for the smallest network that does what one of a run does."""

from typing import Literal

from engine.specs.base import Frozen
from engine.specs.data import DataSpec
from engine.specs.network import NetworkSpec


class SmallestQuestion(Frozen):
    """The smallest network of which the validation accuracy is as good as that of `network`.

    As good is within one standard error of it over seeds (`se`; where the seeds do not differ
    within one percentage point), or within one percentage point (`pp`).
    """

    network: NetworkSpec
    data: DataSpec
    within: Literal["se", "pp"] = "se"
