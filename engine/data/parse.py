"""The cells of a file, parsed by pandas piece by piece: numbers, or the codes of texts.

A piece is a few megabytes of text. Its texts become codes at once, so that what is held is eight
bytes a number, four a text, and every distinct text once. Plain moments, of which nearly every row
may have one of its own, become what they are.
"""

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.errors import DtypeWarning

from engine.data.datetimes import Moments, parsed_moments
from engine.data.scan import Progress, ScannedFile
from engine.sources.sniff import BLANKS

# columns that are parsed at a time: of 100,000 at once the parser makes nothing but columns for
# half a minute
PARSED_COLUMNS = 2_000
PIECE_CELLS = 2_000_000
_NO_MOMENT = np.datetime64("NaT", "s")
# plain moments by the length of their texts
_PLAIN = {10: ("%Y-%m-%d",), 16: ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"),
          19: ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")}  # fmt: skip

Missing = dict[str, list[str]]
Numbers = npt.NDArray[Any]


@dataclass
class ParsedColumn:
    """A column as far as it is parsed: numbers, or codes (-1: missing) that index `texts`.

    Where it `may_be_moments` and all texts are plain ones it is moments instead.
    """

    may_be_moments: bool = False
    numbers: list[Numbers] = field(default_factory=list)
    moments: list[Moments] = field(default_factory=list)
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
        own, different = pd.factorize(piece)
        # as a list at once: to take them one by one costs five times as much
        names = different.to_numpy(object).tolist()
        if self.may_be_moments and self._add_moments(own, names):
            return
        self.codes += [np.full(len(numbers), -1, np.int32) for numbers in self.numbers]
        self.numbers = []
        texts = self.texts
        places = [texts.setdefault(name, len(texts)) for name in names]
        self.codes.append(np.array([*places, -1], dtype=np.int32)[own])

    def _add_moments(self, codes: npt.NDArray[np.intp], names: list[str]) -> bool:
        """Take texts as moments; False where they are to be taken as texts."""
        found = plain_moments(names)
        if found is None:
            # after some that were, all have to be read once more
            self.may_be_moments, self.mixed = False, bool(self.moments)
            return self.mixed
        self.moments += [np.full(len(numbers), _NO_MOMENT) for numbers in self.numbers]
        self.numbers = []
        self.moments.append(np.append(found, _NO_MOMENT)[codes])
        return True

    def _add_numbers(self, numbers: Numbers) -> None:
        if not (self.codes or self.moments):
            self.numbers.append(numbers)
        elif not np.isnan(numbers).all():
            self.mixed = True
        elif self.moments:
            self.moments.append(np.full(len(numbers), _NO_MOMENT))
        else:
            self.codes.append(np.full(len(numbers), -1, np.int32))

    def values(self) -> "Numbers | Moments | pd.Categorical":
        """The whole column; its texts are categories in sorted order."""
        if self.numbers or self.moments:
            return np.concatenate(self.numbers or self.moments)
        texts = sorted(self.texts)
        place = np.empty(len(texts) + 1, np.int32)
        place[[self.texts[text] for text in texts]] = np.arange(len(texts), dtype=np.int32)
        place[-1] = -1
        codes = np.concatenate(self.codes) if self.codes else np.empty(0, np.int32)
        return pd.Categorical.from_codes(place[codes], categories=pd.Index(texts, dtype=object))


def plain_moments(texts: Sequence[str]) -> Moments | None:
    """The moments of texts all of which are written as 2023-01-31, or all with one kind of time.

    None of any others, such as those with a zone, of which something may have to be reported.
    """
    lengths = set(map(len, texts))
    for form in _PLAIN.get(lengths.pop(), ()) if len(lengths) == 1 else ():
        found = parsed_moments(texts, form)
        if not np.isnat(found).any():
            return found
    return None


def parse(
    file: ScannedFile,
    texts: AbstractSet[str],
    moments: AbstractSet[str],
    missing: Missing,
    progress: Progress,
) -> pd.DataFrame:
    """All columns of the file, those of `texts` as texts, the others as pandas takes them.

    Those of `moments` are datetime64[s] where they plainly are. `missing` has, for a column, the
    texts that are no value. `progress` is called with the fraction done; what it raises ends the
    parsing. Raises what pandas raises.
    """
    columns = file.facts.columns
    found: dict[str, Numbers | Moments | pd.Categorical] = {}
    for start in range(0, len(columns), PARSED_COLUMNS):
        group = columns[start : start + PARSED_COLUMNS]

        def of_all(done: float, start: int = start, count: int = len(group)) -> None:
            progress((start + done * count) / len(columns))

        parsed = {name: ParsedColumn(name in moments) for name in group}
        _parse(file, texts & set(group), parsed, missing, of_all)
        # the parser types a column piece by piece: what it did not type alike is read once more
        unsure = [name for name in group if parsed[name].mixed]
        if unsure:
            again = {name: ParsedColumn() for name in unsure}
            _parse(file, set(unsure), again, missing, of_all)
            parsed |= again
        # each column is let go of as soon as it is one
        found |= {name: parsed.pop(name).values() for name in group}
    return pd.DataFrame(found, copy=False)


def _parse(
    file: ScannedFile,
    texts: AbstractSet[str],
    columns: Mapping[str, ParsedColumn],
    missing: Missing,
    progress: Progress,
) -> None:
    for piece in pieces(file, texts, list(columns), missing, progress):
        for name, column in columns.items():
            column.add(piece[name])


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
    layout = file.facts.layout
    place = dict(zip(file.facts.columns, layout.places, strict=True))
    name_of = {place[name]: name for name in columns}
    options = _dialect_options(file) | {
        "dtype": dict.fromkeys((place[name] for name in texts), "str"),
        "na_values": {place[name]: missing.get(name, [""]) for name in columns},
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


def _dialect_options(file: ScannedFile) -> dict[str, Any]:
    """How the rows of a file are separated and written, as `read_csv` has it."""
    dialect = file.facts.layout.dialect
    return {
        "sep": r"\s+" if dialect.delimiter == BLANKS else dialect.delimiter,
        "skipinitialspace": dialect.skip_space,
        "escapechar": dialect.escape or None,
        "decimal": file.facts.style.decimal,
        # not where nothing stands below, so that rows that are separated otherwise are found out
        "nrows": file.rows if file.below.rows else None,
        **({"quotechar": dialect.quote} if dialect.quote else {"quoting": 3}),
    }


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
