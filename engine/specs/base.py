"""What all specs share: strict frozen values."""

from pydantic import AliasChoices, AliasGenerator, BaseModel, BeforeValidator, ConfigDict

from engine.specs.aliases import OLD_NAMES, OLD_VALUES

MAX_SEED = 2**31 - 1


def _accepted_names(name: str) -> AliasChoices | str:
    """The names under which pydantic accepts the field `name`."""
    # a choice of one is refused where a field tells the members of a union apart
    return AliasChoices(name, *OLD_NAMES[name]) if name in OLD_NAMES else name


class Frozen(BaseModel):
    """A strict, immutable value: unknown fields, NaN and infinities are refused.

    A field is read under its old names as well (`engine.specs.aliases`), and written under its own.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        alias_generator=AliasGenerator(validation_alias=_accepted_names),
        validate_by_name=True,
        # a command uses few of all the classes: each builds its validator when it is first used
        defer_build=True,
    )


def accepts_old_values(field: str) -> BeforeValidator:
    """A validator that reads the values which `field` had before."""
    renamed = OLD_VALUES[field]
    return BeforeValidator(lambda value: renamed.get(value, value) if type(value) is str else value)
