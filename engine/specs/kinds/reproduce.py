"""The reproduction of the post: how often, and how thoroughly."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from engine.specs.base import MAX_SEED
from engine.specs.data import DataSpec
from engine.specs.fields import setting
from engine.specs.run_spec import RunSpec


class ReproduceSpec(RunSpec):
    """The whole post: its networks, experiments and searches, compared with its published figures.

    All of it is run as published and also strictly; the data are the
    post's and cannot be chosen.
    """

    chooses_data: ClassVar[bool] = False

    kind: Literal["reproduce"] = "reproduce"
    protocol: Literal["strict", "as_published"] = setting(
        "as_published", group="Data", help="Both are run; this marks the run as the post's."
    )
    seeds: Annotated[int, Field(ge=1, le=100)] = setting(
        40, unit="seeds", group="Reproduction",
        help="Splits and seeds of each network and the baseline; 40 give percentiles.",
    )  # fmt: skip
    quick: bool = setting(
        False, group="Reproduction", help="Fewer values in experiments and searches."
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED - 1000)] = setting(
        0, group="Reproduction", help="The first of the seeds."
    )

    @model_validator(mode="after")
    def _the_posts_data(self) -> Self:
        # a stored one may name an earlier reader, which reads the post's data alike
        for name in set(DataSpec.model_fields) - {"reader"}:
            if getattr(self, name) != type(self).model_fields[name].default:
                raise ValueError(f"{name}: the post's data and split cannot be changed")
        return self
