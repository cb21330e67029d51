"""The cells of a file, parsed by pandas piece by piece: numbers, or the codes of texts.

A piece is a few megabytes of text. Its texts become codes at once, so that what is held is eight
bytes a number, four a text, and every distinct text once.
"""

import io
import warnings
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.errors import DtypeWarning

from engine.data.scan import Progress, ScannedFile
from engine.sources.sniff import BLANKS

# columns that are parsed at a time: of 100,000 at once the parser makes nothing but columns for
# half a minute
PARSED_COLUMNS = 2_000
PIECE_CELLS = 2_000_000

Missing = dict[str, list[str]]
Numbers = npt.NDArray[Any]


@dataclass
class ParsedColumn:
    """A column as far as it is parsed: numbers, or codes (-1: missing) that index `texts`."""

    numbers: list[Numbers] = field(default_factory=list)
    codes: list[npt.NDArray[np.int32]] = field(default_factory=list)
    texts: dict[str, int] = field(default_factory=dict)
    # it has both: it has to be read once more, all of it as texts
    mixed: bool = False

    def add(self, piece: "pd.Series[Any]") -> None:
        """Take the next piece of the column."""
        if self.mixed:
            return
        if isinstance(piece.dtype, pd.StringDtype):
            self._add_texts(piece)
        elif piece.dtype.kind in "iuf":
            self._add_numbers(piece.to_numpy())
        else:
            # "True", or texts among numbers: the parser has lost how they are written
            self.mixed = True

    def _add_texts(self, piece: "pd.Series[Any]") -> None:
        if any(not np.isnan(numbers).all() for numbers in self.numbers):
            self.mixed = True
            return
        self.codes += [np.full(len(numbers), -1, np.int32) for numbers in self.numbers]
        self.numbers = []
        own, names = pd.factorize(piece)
        places = [self.texts.setdefault(str(name), len(self.texts)) for name in names]
        self.codes.append(np.array([*places, -1], dtype=np.int32)[own])

    def _add_numbers(self, numbers: Numbers) -> None:
        if not self.codes:
            self.numbers.append(numbers)
        elif np.isnan(numbers).all():
            self.codes.append(np.full(len(numbers), -1, np.int32))
        else:
            self.mixed = True

    def values(self) -> "Numbers | pd.Categorical":
        """The whole column; its texts are categories in sorted order."""
        if self.numbers:
            return np.concatenate(self.numbers)
        texts = sorted(self.texts)
        place = np.empty(len(texts) + 1, np.int32)
        place[[self.texts[text] for text in texts]] = np.arange(len(texts), dtype=np.int32)
        place[-1] = -1
        codes = np.concatenate(self.codes) if self.codes else np.empty(0, np.int32)
        return pd.Categorical.from_codes(place[codes], categories=pd.Index(texts, dtype=object))


def parse(
    file: ScannedFile, texts: AbstractSet[str], missing: Missing, progress: Progress
) -> pd.DataFrame:
    """All columns of the file, those of `texts` as texts, the others as pandas takes them.

    `missing` has, for a column, the texts that are no value. `progress` is called with the fraction
    done; what it raises ends the parsing. Raises what pandas raises.
    """
    columns = file.facts.columns
    found: dict[str, Numbers | pd.Categorical] = {}
    for start in range(0, len(columns), PARSED_COLUMNS):
        group = columns[start : start + PARSED_COLUMNS]

        def of_all(done: float, start: int = start, count: int = len(group)) -> None:
            progress((start + done * count) / len(columns))

        parsed = _parse(file, texts & set(group), group, missing, of_all)
        # the parser types a column piece by piece: what it did not type alike is read once more
        unsure = [name for name in group if parsed[name].mixed]
        if unsure:
            parsed |= _parse(file, set(unsure), unsure, missing, of_all)
        # each column is let go of as soon as it is one
        found |= {name: parsed.pop(name).values() for name in group}
    return pd.DataFrame(found, copy=False)


def _parse(
    file: ScannedFile,
    texts: AbstractSet[str],
    columns: Sequence[str],
    missing: Missing,
    progress: Progress,
) -> dict[str, ParsedColumn]:
    parsed = {name: ParsedColumn() for name in columns}
    for piece in pieces(file, texts, columns, missing, progress):
        for name in columns:
            parsed[name].add(piece[name])
    return parsed


def pieces(
    file: ScannedFile,
    texts: AbstractSet[str],
    columns: Sequence[str],
    missing: Missing,
    progress: Progress,
    cells: int = PIECE_CELLS,
) -> Iterator[pd.DataFrame]:
    """The columns of these names as pandas takes them, about so many `cells` at a time.

    Otherwise as `parse`, but that nothing is made of what pandas types differently in two pieces.
    """
    layout, dialect = file.facts.layout, file.facts.layout.dialect
    place = dict(zip(file.facts.columns, layout.places, strict=True))
    name_of = {place[name]: name for name in columns}
    options: dict[str, Any] = {
        "sep": r"\s+" if dialect.delimiter == BLANKS else dialect.delimiter,
        "skipinitialspace": dialect.skip_space,
        "escapechar": dialect.escape or None,
        "decimal": file.facts.style.decimal,
        "dtype": dict.fromkeys((place[name] for name in texts), "str"),
        "na_values": {place[name]: missing.get(name, [""]) for name in columns},
        # not where nothing stands below, so that rows that are separated otherwise are found out
        "nrows": file.rows if file.below.rows else None,
        **({"quotechar": dialect.quote} if dialect.quote else {"quoting": 3}),
    }
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", DtypeWarning)
        parsed = stack.enter_context(
            pd.read_csv(
                stack.enter_context(_Body(file, progress, stack)),
                header=None,
                names=range(layout.width),
                usecols=[*name_of],
                index_col=False,
                keep_default_na=False,
                chunksize=max(1, cells // len(columns)),
                engine="c",
                **options,
            )
        )
        for piece in parsed:
            piece.columns = pd.Index([name_of[int(str(found))] for found in piece.columns])
            yield piece


class _Body(io.TextIOWrapper):
    """The text of a file's rows, without what stands above them and without comments.

    It says how far it has been read; what `progress` raises ends the reading.
    """

    def __init__(self, file: ScannedFile, progress: Progress, stack: ExitStack) -> None:
        facts = file.facts
        raw: BinaryIO
        raw, self._position = stack.enter_context(facts.source.opened())
        self._size, self._progress = max(1, facts.size), progress
        self._comment = facts.layout.comment
        super().__init__(raw, encoding=file.encoded.codec, newline="")
        for _ in range(facts.layout.lines_above):
            self.readline()

    def read(self, size: int | None = -1, /) -> str:
        """The next characters."""
        self._progress(min(1.0, self._position() / self._size))
        text = super().read(size)
        if not self._comment or not text:
            return text
        lines = io.StringIO(text + self.readline(), newline="")
        kept = "".join(line for line in lines if not line.startswith(self._comment))
        # an empty answer would end the reading
        return kept or self.read(size)
