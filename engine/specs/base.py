"""What all specs share: strict frozen values, and the error for a bad one."""

from pydantic import AliasGenerator, BaseModel, ConfigDict

from engine.errors import EngineError
from engine.specs.aliases import accepted_names
from engine.specs.problems import Problem

MAX_SEED = 2**31 - 1


class Frozen(BaseModel):
    """A strict, immutable value: unknown fields, NaN and infinities are refused.

    A field is read under its old names as well (`engine.specs.aliases`), and written under its own.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        alias_generator=AliasGenerator(validation_alias=accepted_names),
        validate_by_name=True,
        # a command uses few of all the classes: each builds its validator when it is first used
        defer_build=True,
    )


class InvalidSpec(EngineError):
    """A spec that cannot be used; `problems` names each field concerned."""

    def __init__(self, found: tuple[Problem, ...], hint: str = "") -> None:
        super().__init__("\n".join(str(problem) for problem in found), hint)
        self.problems = found
