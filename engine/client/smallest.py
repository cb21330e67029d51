"""The question for the smallest network that does what a training's does."""

from typing import Literal

from engine.client.checking import with_absolute_path
from engine.specs.kinds.smallest import SmallestQuestion
from engine.specs.kinds.train import TrainSpec


def smallest_question(spec: TrainSpec, within: Literal["se", "pp"]) -> SmallestQuestion:
    """What is asked of the engine, whose folder is another one."""
    return SmallestQuestion(
        network=spec.network, data=with_absolute_path(spec.data_spec), within=within
    )
