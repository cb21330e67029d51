"""Which rows and columns a run learns from, how they are split and preprocessed."""

import hashlib
import json
from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from engine.specs.aliases import DEFAULTS_REPLACED
from engine.specs.base import MAX_SEED, Frozen, accepts_old_values
from engine.specs.fields import setting
from engine.specs.typed_text import quoted

PENGUINS = "penguins"
# of the content of the packaged file
PENGUINS_SHA256 = "e07636bd8af74260099ea2f8678e2eabbf35def579940cc76f67061ee16c06c1"

Column = Annotated[str, Field(min_length=1, max_length=10_000)]
Fraction = Annotated[float, Field(ge=0.01, le=0.9)]
DELIMITER_WORDS = ("auto", "tab", "space", "blanks")
Text = Annotated[str, Field(min_length=1, max_length=4)]
Lines = Annotated[int, Field(ge=0, le=10_000)]
# how files are read today; specs of earlier versions keep theirs (`engine.specs.aliases`)
READER = 3


def fraction_of(rows: int, fraction: float) -> int:
    """How many of `rows` a fraction comes to, one at least."""
    return max(1, int(rows * fraction + 0.5))


def held_out_rows(rows: int, fraction: float) -> int:
    """How many of `rows` are held out for the test; one each is left for the other sets."""
    return min(fraction_of(rows, fraction), rows - 2)


class DataSpec(Frozen):
    """Which rows and columns, how they are split and preprocessed."""

    data: Annotated[str, Field(min_length=1, max_length=4096)] = setting(
        PENGUINS, group="Data", file=True, help="'penguins', or the path of a data file."
    )
    target: Column = setting("species", group="Data", help="The column that holds the class.")
    features: tuple[str, ...] | None = setting(
        None, group="Data", help="Columns to learn from; empty: all the others."
    )
    exclude: tuple[str, ...] = setting(
        (), group="Data", help="Columns to leave out of the features."
    )
    include: tuple[str, ...] = setting(
        (), group="Data", advanced=True,
        help="Columns to learn from that would be excluded: row numbers, row IDs, unique texts.",
    )  # fmt: skip
    exclude_ids: bool = setting(
        True, group="Data", advanced=True,
        help="Exclude row numbers, row IDs and unique texts, but for those of include.",
    )  # fmt: skip
    protocol: Literal["strict", "as_published"] = setting(
        "strict", group="Data",
        help="strict: held-out test set. as_published: as the post did it (data leakage).",
    )  # fmt: skip
    validation_fraction: Fraction = setting(
        0.2, group="Split", help="Fraction of the rows that choices are made on."
    )
    test_fraction: Fraction = setting(
        0.2, group="Split", help="Fraction of the rows held out as test set."
    )
    group: Column | None = setting(
        None, group="Split", advanced=True,
        help="Column whose rows of one value stay in one set, such as the patient.",
    )  # fmt: skip
    order: Column | None = setting(
        None, group="Split", advanced=True,
        help="Column of the time: the last rows are the test set, those before it validation.",
    )  # fmt: skip
    test_data: Annotated[str, Field(min_length=1, max_length=4096)] | None = setting(
        None, group="Split", advanced=True, file=True,
        help="File with the test set, of the same columns; test_fraction is not used then.",
    )  # fmt: skip
    sample_weight: Column | None = setting(
        None, group="Data", advanced=True,
        help="Column with the weight of each row in training; a mean weight counts as 1.",
    )  # fmt: skip
    rare_classes: Literal["refuse", "exclude", "merge"] = setting(
        "refuse", group="Split",
        help="What is done where classes have too few rows for every set: merge makes them one.",
    )  # fmt: skip
    split_seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = setting(
        0, group="Split", help="Decides which rows fall into which set."
    )
    category_encoding: Literal["one_hot", "ordinal"] = setting(
        "one_hot", group="Preprocessing", help="How categories become numbers."
    )
    scaling: Literal["standard", "min_max", "none"] = setting(
        "standard", group="Preprocessing", help="How numbers are brought to one scale."
    )
    imputation: Literal["mean", "median"] = setting(
        "mean", group="Preprocessing", help="What a missing number becomes."
    )
    missing_categories: Annotated[
        Literal["separate_category", "most_frequent"], accepts_old_values("missing_categories")
    ] = setting("separate_category", group="Preprocessing", help="What a missing category becomes.")
    max_categories: Annotated[int, Field(ge=2)] | None = setting(
        50, group="Preprocessing", advanced=True,
        help="Categories of a column, at most: the rarest are grouped; none: no limit.",
    )  # fmt: skip
    min_frequency: Annotated[int, Field(ge=1)] = setting(
        1, unit="rows", group="Preprocessing", advanced=True,
        help="Rows of the training set that a category needs not to be grouped.",
    )  # fmt: skip
    datetimes: Literal["parts", "categories"] = setting(
        "parts", group="Preprocessing", advanced=True,
        help="What dates and times become: year, month, day, weekday and hour, or categories.",
    )  # fmt: skip
    column_types: dict[str, Literal["numeric", "categorical", "datetime"]] = setting(
        {}, group="File", advanced=True, help="Columns whose type is not to be inferred."
    )
    class_order: tuple[str, ...] = setting(
        (), group="File", advanced=True,
        help="The classes in the order of their codes; empty: numbers in them count.",
    )  # fmt: skip
    delimiter: Annotated[str, Field(min_length=1, max_length=6)] = setting(
        "auto", group="File", advanced=True,
        help="'auto', 'tab', 'space', 'blanks' (one or more) or the character between cells.",
    )  # fmt: skip
    quote: Text = setting(
        "auto", group="File", advanced=True, help="'auto', 'none' or the character around text."
    )
    encoding: Annotated[str, Field(min_length=1, max_length=40)] = setting(
        "auto", group="File", advanced=True,
        help="How characters are stored: 'auto', or a codec of Python (utf-8, cp1251, gbk …).",
    )  # fmt: skip
    decimal: Literal["auto", ".", ","] = setting(
        "auto", group="File", advanced=True, help="The decimal mark."
    )
    thousands: Literal["auto", "none", ",", ".", "space", "apostrophe"] = setting(
        "auto", group="File", advanced=True, help="The mark between groups of three digits."
    )
    day_first: Literal["auto", "yes", "no"] = setting(
        "auto",
        group="File",
        advanced=True,
        help="Whether dates such as 3/4/23 begin with the day.",
    )
    header: Literal["auto", "yes", "no"] = setting(
        "auto", group="File", advanced=True, help="Whether the first row names the columns."
    )
    skip_rows: Lines | None = setting(
        None, group="File", advanced=True,
        help="Lines above the names of the columns, or above the first row; empty: found out.",
    )  # fmt: skip
    skip_footer: Lines | None = setting(
        None, group="File", advanced=True,
        help="Rows below the table, such as totals and notes; empty: found out.",
    )  # fmt: skip
    comment: Text = setting(
        "auto", group="File", advanced=True,
        help="'auto', 'none' or what lines that are no rows begin with.",
    )  # fmt: skip
    missing_values: tuple[str, ...] = setting(
        ("auto",), group="File", advanced=True,
        help="Texts for a missing value; 'auto' adds the usual ones, empty: empty cells alone.",
    )  # fmt: skip
    reader: Annotated[int, Field(ge=1, le=READER)] = setting(
        READER, group="File", advanced=True,
        help="How files are read: 1 as by version 0.2 and earlier, 2 as by 0.3 to 0.7, 3 as today.",
    )  # fmt: skip

    @field_validator("delimiter", "quote")
    @classmethod
    def _one_character(cls, value: str, info: Any) -> str:
        words = DELIMITER_WORDS if info.field_name == "delimiter" else ("auto", "none")
        if value in words or value == "\t" or (len(value) == 1 and " " <= value <= "~"):
            return value
        message = f"{quoted(value)} is invalid: enter {' or '.join(words)}, or one plain character"
        raise ValueError(message)

    @field_validator("encoding")
    @classmethod
    def _codec_of_text(cls, value: str) -> str:
        try:
            # of what is a codec, and none of text, this says that it is not known
            "".encode("ascii" if value == "auto" else value)
        except (LookupError, ValueError) as error:
            raise ValueError(
                f"{quoted(value)} is invalid: enter auto, utf-8, cp1252, cp1251, gb18030,"
                " shift_jis or another codec of Python"
            ) from error
        return value

    @field_validator("features")
    @classmethod
    def _some_features(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return value or None

    @field_validator("features", "exclude", "include", "class_order", "missing_values")
    @classmethod
    def _named_once(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        twice = [name for name, count in Counter(value or ()).items() if count > 1]
        if twice:
            raise ValueError(f"{quoted(twice[0])} is named twice: name each once")
        return value

    @model_validator(mode="after")
    def _fractions_fit(self) -> Self:
        if self.validation_fraction + self.test_fraction > 0.95:
            raise ValueError(
                f"validation_fraction {self.validation_fraction:g} and test_fraction"
                f" {self.test_fraction:g} leave less than 5 % to train on: at most 0.95 together"
            )
        if self.target in (self.features or ()):
            raise ValueError(
                f"target: {self.target!r} is among the features as well: choose one of the two"
            )
        return self

    @property
    def class_folds(self) -> int | None:
        """Into how many folds the rows of each class are dealt to choose by; None: into none."""
        return None

    @property
    def data_spec(self) -> "DataSpec":
        """The fields of this spec that decide the preprocessed data, and nothing else."""
        return DataSpec.model_construct(**{n: getattr(self, n) for n in DataSpec.model_fields})

    def data_id(self, sha256: str, test_sha256: str | None = None) -> str:
        """A hash that runs share which learn from the same sets, preprocessed alike.

        `sha256` and `test_sha256` are the hashes of the content of the file and of the test file:
        their names and places do not count.
        """
        settings = self.data_spec.model_dump(mode="json", exclude={"data"})
        # None where there is no test file, or an earlier version knew it by its path alone
        settings["test_data"] = test_sha256 or self.test_data
        if sha256 == PENGUINS_SHA256 and self.test_data is None and self.reader == READER:
            # it is read as before, and stays what runs of before share
            settings["reader"] = DEFAULTS_REPLACED["reader"]
        return hashlib.sha256(json.dumps([sha256, settings], sort_keys=True).encode()).hexdigest()
