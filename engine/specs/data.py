"""Which rows and columns a run learns from, how they are split and prepared."""

from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from engine.specs.base import MAX_SEED, Frozen
from engine.specs.fields import knob, quoted

PENGUINS = "penguins"

Share = Annotated[float, Field(ge=0.01, le=0.9)]
Encoding = Literal["auto", "utf-8", "latin-1", "cp1252", "utf-16"]


def share_of(rows: int, share: float) -> int:
    """How many of `rows` a share comes to, one at least."""
    return max(1, int(rows * share + 0.5))


def sealed_rows(rows: int, share: float) -> int:
    """Of `rows` rows, those of the test part; at least one each is left for the other parts."""
    return min(share_of(rows, share), rows - 2)


class DataSpec(Frozen):
    """Which rows and columns, how they are split and prepared."""

    data: Annotated[str, Field(min_length=1, max_length=4096)] = knob(
        PENGUINS, group="Data", file=True, help="'penguins', or the path of a CSV file."
    )
    target: Annotated[str, Field(min_length=1, max_length=10_000)] = knob(
        "species", group="Data", help="The column that holds the class."
    )
    features: tuple[str, ...] | None = knob(
        None, group="Data", help="Columns to learn from; empty: all the others."
    )
    leave_out: tuple[str, ...] = knob((), group="Data", help="Columns not to learn from.")
    protocol: Literal["strict", "as_published"] = knob(
        "strict", group="Data",
        help="strict: sealed test part, nothing leaks. as_published: the post's way, leaks too.",
    )  # fmt: skip
    validation_share: Share = knob(
        0.2, ge=0.01, le=0.9, group="Split", help="Share of the rows that steers choices."
    )
    test_share: Share = knob(
        0.2, ge=0.01, le=0.9, group="Split", help="Share of the rows kept sealed to the end."
    )
    split_seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = knob(
        0, ge=0, le=MAX_SEED, group="Split", help="Decides which rows fall into which part."
    )
    category_encoding: Literal["one_hot", "ordinal"] = knob(
        "one_hot", group="Preparation", help="How categories become numbers."
    )
    scaling: Literal["standard", "min_max", "none"] = knob(
        "standard", group="Preparation", help="How numbers are brought to one scale."
    )
    imputation: Literal["mean", "median"] = knob(
        "mean", group="Preparation", help="What a missing number becomes."
    )
    missing_categories: Literal["own_category", "most_frequent"] = knob(
        "own_category", group="Preparation", help="What a missing category becomes."
    )
    column_types: dict[str, Literal["numeric", "categorical"]] = knob(
        {}, group="File", advanced=True, help="Columns whose type is not to be inferred."
    )
    delimiter: Annotated[str, Field(min_length=1, max_length=4)] = knob(
        "auto", group="File", advanced=True, help="'auto', 'tab' or the character between cells."
    )
    quote: Annotated[str, Field(min_length=1, max_length=4)] = knob(
        "auto", group="File", advanced=True, help="'auto', 'none' or the character around text."
    )
    encoding: Encoding = knob(
        "auto", group="File", advanced=True, help="How the file's characters are stored."
    )
    decimal: Literal["auto", ".", ","] = knob(
        "auto", group="File", advanced=True, help="The decimal mark."
    )
    header: Literal["auto", "yes", "no"] = knob(
        "auto", group="File", advanced=True, help="Whether the first row names the columns."
    )

    @field_validator("delimiter", "quote")
    @classmethod
    def _one_character(cls, value: str, info: Any) -> str:
        words = ("auto", "tab") if info.field_name == "delimiter" else ("auto", "none")
        if value in words or value == "\t" or (len(value) == 1 and " " <= value <= "~"):
            return value
        told = f"{quoted(value)} is not allowed; {' or '.join(words)}, or one plain character"
        raise ValueError(told)

    @field_validator("features")
    @classmethod
    def _some_features(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return value or None

    @field_validator("features", "leave_out")
    @classmethod
    def _named_once(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        twice = [name for name, count in Counter(value or ()).items() if count > 1]
        if twice:
            raise ValueError(f"{quoted(twice[0])} is named twice; each column once")
        return value

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.validation_share + self.test_share > 0.95:
            raise ValueError(
                f"validation_share {self.validation_share:g} and test_share {self.test_share:g}"
                " leave less than 5 % to train on; up to 0.95 together"
            )
        if self.target in (self.features or ()):
            raise ValueError(
                f"target: {self.target!r} is among the features as well; one of the two is allowed"
            )
        return self

    @property
    def data_spec(self) -> "DataSpec":
        """The part of this spec that decides the prepared data, and nothing else."""
        return DataSpec.model_construct(**{n: getattr(self, n) for n in DataSpec.model_fields})
