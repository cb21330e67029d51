"""How a run's data are written, and what is known of their columns: for programs without ours."""

from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Final, Self

import pandas as pd

from engine.data.datetimes import read_moments
from engine.data.preprocessing.preprocessor import DatetimeColumn
from engine.data.typed_columns import missing_texts
from engine.errors import EngineError
from engine.portable.kept import KeptRun
from engine.prediction.flags import KnownCategories, TrainingRange, known_of
from engine.prediction.new_rows import written_rows
from engine.prediction.own_rows import OwnRows
from engine.sources.inspect import FileFacts

# the set of a row, as scripts write it
LETTERS: Final = {"none": "-", "train": "t", "validation": "v", "test": "h"}
# of dates, to find out how they are written
LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is written, with the fields that `scripts.predict` reads it by.

    `lines_above` is how many lines come before the first row, the names of the columns included,
    `lines_below` how many rows stand below the last one;
    `style` are the fields of a `NumberStyle`; `marks` says whether the usual marks stand for a
    missing number. `missing` are texts without a value by column, `datetimes` the formats of dates,
    `labels` the code of each label of the target.
    """

    delimiter: str = ","
    quote: str = '"'
    skip_space: bool = False
    escape: str = ""
    encoding: str = "utf-8-sig"
    header: bool = True
    names: tuple[str, ...] = ()
    lines_above: int = 1
    lines_below: int = 0
    comment: str = ""
    style: Any = None
    marks: bool = True
    missing: Any = None
    datetimes: Any = None
    labels: Any = None

    @classmethod
    def of(cls, kept: KeptRun) -> Self:
        """How the run's own data are written; as CSV is usually where they are gone."""
        fitted, spec = kept.fitted.preprocessor, kept.record.spec.data_spec
        marks = spec.reader > 1 and "auto" in spec.missing_values
        if isinstance(kept.own, EngineError):
            return cls(
                style={"decimal": "," if spec.decimal == "," else "."},
                marks=marks,
                missing={column.name: [""] for column in fitted.columns},
                datetimes={c.name: ["ISO8601"] for c in fitted.columns if c.type == "datetime"},
                labels={name: code for code, name in enumerate(fitted.classes)},
            )
        file = kept.own.table.file
        facts, dialect = file.facts, file.facts.layout.dialect
        missing = missing_texts(facts, spec)
        codec = file.encoded.codec
        return cls(
            delimiter=dialect.delimiter,
            quote=dialect.quote,
            skip_space=dialect.skip_space,
            escape=dialect.escape,
            # with or without a mark of the byte order
            encoding="utf-8-sig" if codec in ("utf-8", "ascii") else codec,
            # names in a comment are no row
            header=facts.has_header and not facts.layout.named_by_comment,
            names=facts.columns,
            lines_above=facts.layout.lines_above,
            lines_below=file.below.rows,
            comment=facts.layout.comment,
            style=asdict(facts.style),
            marks=marks,
            missing={column.name: missing[column.name] for column in fitted.columns},
            datetimes=_formats(kept.own, facts, fitted.columns),
            labels=kept.own.code_of,
        )

    @property
    def missing_texts(self) -> set[str]:
        """The texts that stand for a missing value in any of the columns."""
        return {text for texts in self.missing.values() for text in texts}

    def fields(self) -> dict[str, Any]:
        """As `scripts.predict` reads them, beside `missing` and `datetimes`."""
        apart = ("missing", "datetimes", "labels", "lines_below")
        return {name: value for name, value in asdict(self).items() if name not in apart}


def flags(kept: KeptRun) -> dict[str, dict[str, Any]]:
    """What is known of each column, as `scripts.predict` flags what is outside."""
    own = kept.own if isinstance(kept.own, OwnRows) else None
    found: dict[str, dict[str, Any]] = {}
    for name, known in known_of(kept.fitted.preprocessor, own).items():
        if isinstance(known, KnownCategories):
            found[name] = {"known": sorted(known.levels)}
        else:
            found[name] = _range(known)
    return found


def _range(known: TrainingRange) -> dict[str, Any]:
    low, high = (
        str(end) if isinstance(end, pd.Timestamp) else float(end) for end in (known.low, known.high)
    )
    return {"low": low, "high": high, "below": known.below, "above": known.above}


def _formats(own: OwnRows, facts: FileFacts, columns: Any) -> dict[str, list[str]]:
    """The formats of the columns with dates, of what their first cells say."""
    dated = [column for column in columns if isinstance(column, DatetimeColumn)]
    if not dated:
        return {}
    rows = list(islice(written_rows(own.table.file), LOOKED_AT))
    found = {}
    for column in dated:
        place = facts.columns.index(column.name)
        texts = [row[place].strip() for row in rows if row[place].strip()]
        found[column.name] = list(read_moments(texts, column.day_first).formats)
    return found
